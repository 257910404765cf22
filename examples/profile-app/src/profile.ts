/** What the form has. */
export interface Profile {
  name: string;
  email: string;
  interests: string[];
}

export interface StoredProfile extends Profile {
  savedAt: Date;
}

/** Where the profile is kept. All of it throws when the database doesn't answer. */
export interface Profiles {
  /** The profile; undefined before it was saved for the first time. */
  read(): Promise<StoredProfile | undefined>;
  save(profile: Profile): Promise<void>;
  /** Does nothing but ask whether the database answers. */
  ping(): Promise<void>;
}

export type Field = keyof Profile;

/** The form as it was sent, and what is wrong with it. */
export interface Entered {
  fields: Record<Field, string>;
  faults: Partial<Record<Field, string>>;
}

export const limits = { name: 100, email: 254, interests: 500 };

/** Reads a form that was sent. What is wrong is said in words for the person who filled it in. */
export function readForm(form: URLSearchParams): Entered & { profile: Profile } {
  const text = (field: Field) => (form.get(field) ?? "").replace(/\s+/g, " ").trim();
  const fields = { name: text("name"), email: text("email"), interests: text("interests") };
  const faults: Entered["faults"] = {};
  for (const field of Object.keys(fields) as Field[]) {
    if (fields[field].length > limits[field]) faults[field] = `Use at most ${limits[field]} characters.`;
  }
  if (!fields.name) faults.name = "Enter your name.";
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(fields.email))
    faults.email = "Enter an email address such as ada@example.org.";
  return { fields, faults, profile: { ...fields, interests: listed(fields.interests) } };
}

/** The interests between the commas, each once. */
function listed(text: string): string[] {
  return [...new Set(text.split(",").map((part) => part.trim()))].filter(Boolean);
}

/** A stored profile as the form shows it. */
export function formFields(profile: Profile | undefined): Record<Field, string> {
  return {
    name: profile?.name ?? "",
    email: profile?.email ?? "",
    interests: profile?.interests.join(", ") ?? "",
  };
}

import { createHash } from "node:crypto";
import { limits, type Entered, type Field, type StoredProfile } from "./profile";
import { style } from "./style";

/** A page may use its own style and send its own form, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "img-src data:", // the empty icon
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export interface ProfilePage {
  /** What the form holds. */
  fields: Entered["fields"];
  /** What is wrong with it. @default nothing */
  faults?: Entered["faults"];
  /** What is stored. @default nothing, or it isn't known */
  profile?: StoredProfile;
  /** A message of success. @default none */
  done?: string;
  /** A message of failure. @default none */
  wrong?: string;
  version: string;
}

export function profilePage({ fields, faults = {}, profile, done, wrong, version }: ProfilePage): string {
  const faulty = Object.keys(faults) as Field[];
  const known = profile ?? (done || wrong || faulty.length > 0 ? undefined : "none");
  return page(
    faulty.length > 0 ? "Not saved: your profile" : "Your profile",
    version,
    `${done ? `<p class="message done" role="status">${escape(done)}</p>` : ""}
    ${wrong ? `<p class="message wrong" role="alert">${escape(wrong)}</p>` : ""}
    ${faulty.length > 0 ? faultList(faulty, faults) : ""}
    ${known === "none" ? greeting : known ? card(known) : ""}
    <form method="post" action="/profile" aria-labelledby="form-title">
      <h2 id="form-title">${known === "none" ? "Tell us who you are" : "Edit your profile"}</h2>
      ${input("name", "Name", { value: fields.name, fault: faults.name, attributes: 'autocomplete="name" required' })}
      ${input("email", "Email", { value: fields.email, fault: faults.email, attributes: 'type="email" autocomplete="email" required' })}
      ${input("interests", "Interests", { value: fields.interests, fault: faults.interests, hint: "Separate them by commas." })}
      <button type="submit">Save profile</button>
    </form>`,
    profile &&
      `Last saved <time datetime="${profile.savedAt.toISOString()}">${shown(profile.savedAt)}</time>`,
  );
}

/** A page that says one thing. */
export function messagePage(message: string, version: string): string {
  return page(
    message,
    version,
    `<p class="message wrong" role="alert">${escape(message)}</p><p><a href="/">Back to your profile</a></p>`,
  );
}

function page(title: string, version: string, content: string, note?: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escape(title)}</title>
    <link rel="icon" href="data:,">
    <style>${style}</style>
  </head>
  <body>
    <header><h1>Your profile</h1></header>
    <main>
    ${content}
    </main>
    <footer>${note ? `<p>${note}</p>` : ""}<p>Profile app <span id="version">${escape(version)}</span></p></footer>
  </body>
</html>
`;
}

const greeting = `<section class="card empty"><p>You have no profile yet. Fill in the form, and it will be kept for you.</p></section>`;

function card({ name, email, interests }: StoredProfile): string {
  const tags = interests.map((interest) => `<li>${escape(interest)}</li>`).join("");
  return `<section class="card" aria-label="What is saved">
      <span class="initials" aria-hidden="true">${escape(initials(name))}</span>
      <div>
        <p class="name">${escape(name)}</p>
        <p class="email">${escape(email)}</p>
        ${tags ? `<ul class="interests" aria-label="Saved interests">${tags}</ul>` : ""}
      </div>
    </section>`;
}

function faultList(faulty: Field[], faults: Entered["faults"]): string {
  const items = faulty.map((field) => `<li><a href="#${field}">${escape(faults[field] ?? "")}</a></li>`);
  return `<div class="message wrong" role="alert"><p>Nothing was saved yet:</p><ul>${items.join("")}</ul></div>`;
}

interface Input {
  value: string;
  fault?: string;
  hint?: string;
  attributes?: string;
}

function input(field: Field, label: string, { value, fault, hint, attributes = "" }: Input): string {
  const described = [hint && `${field}-hint`, fault && `${field}-fault`].filter(Boolean).join(" ");
  const aria = `${described && ` aria-describedby="${described}"`}${fault ? ' aria-invalid="true"' : ""}`;
  return `<div class="field">
        <label for="${field}">${label}</label>
        ${hint ? `<p class="hint" id="${field}-hint">${hint}</p>` : ""}
        <input id="${field}" name="${field}" value="${escape(value)}" maxlength="${limits[field]}" ${attributes}${aria}>
        ${fault ? `<p class="fault" id="${field}-fault">${escape(fault)}</p>` : ""}
      </div>`;
}

/** First letters of the first and the last word of a name. */
function initials(name: string): string {
  const words = name.split(" ");
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters
    .map((word) => /[\p{L}\p{N}]/u.exec(word ?? "")?.[0] ?? "")
    .join("")
    .toUpperCase();
}

const shown = (time: Date) =>
  `${time.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" })} UTC`;

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in an element or in a quoted attribute. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

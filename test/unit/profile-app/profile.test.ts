import { describe, expect, it } from "vitest";
import { profilePage } from "../../../examples/profile-app/src/page";
import { formFields, readForm } from "../../../examples/profile-app/src/profile";

const form = (fields: Record<string, string>) => readForm(new URLSearchParams(fields));

describe("a form", () => {
  it("becomes a profile", () => {
    const { profile, faults } = form({
      name: "  Ada   Lovelace ",
      email: "ada@example.org",
      interests: "engines, , poetry,engines",
    });
    expect(faults).toEqual({});
    expect(profile).toEqual({
      name: "Ada Lovelace",
      email: "ada@example.org",
      interests: ["engines", "poetry"],
    });
    expect(formFields(profile).interests).toBe("engines, poetry");
  });

  it("needs a name and an email address", () => {
    expect(Object.keys(form({}).faults)).toEqual(["name", "email"]);
    for (const email of ["ada", "ada@", "@example.org", "ada@example", "a b@example.org"])
      expect(Object.keys(form({ name: "Ada", email }).faults), email).toEqual(["email"]);
  });

  it("has limits", () => {
    const { faults } = form({ name: "a".repeat(101), email: "ada@example.org", interests: "b".repeat(501) });
    expect(faults).toEqual({ name: "Use at most 100 characters.", interests: "Use at most 500 characters." });
  });
});

describe("the page", () => {
  const profile = {
    name: "Ada <script>",
    email: '"ada"@example.org',
    interests: ["a & b"],
    savedAt: new Date("2026-01-02T03:04:05Z"),
  };
  const text = profilePage({ fields: formFields(profile), profile, version: "1.0.0" });

  it("shows what is stored, as text", () => {
    expect(text).not.toContain("<script>");
    expect(text).toContain('value="Ada &lt;script&gt;"');
    expect(text).toContain('value="&quot;ada&quot;@example.org"');
    expect(text).toContain("<li>a &amp; b</li>");
    expect(text).toContain('<time datetime="2026-01-02T03:04:05.000Z">2 Jan 2026, 03:04 UTC</time>');
    expect(text).toContain('<span id="version">1.0.0</span>');
  });

  it("has a label for each field", () => {
    const fields = [...text.matchAll(/<input\s+id="(\w+)"/g)].map(([, id]) => id);
    expect(fields).toEqual(["name", "email", "interests"]);
    for (const field of fields) expect(text).toContain(`<label for="${field}">`);
  });

  it("ties what is wrong to its field", () => {
    const { fields, faults } = form({ name: "", email: "ada@example.org" });
    const page = profilePage({ fields, faults, version: "1" });
    expect(page).toMatch(/id="name"[^>]* aria-describedby="name-fault" aria-invalid="true"/);
    expect(page).toContain('<p class="fault" id="name-fault">Enter your name.</p>');
    expect(page).toContain('<a href="#name">Enter your name.</a>');
    expect(page).not.toContain("email-fault");
  });
});

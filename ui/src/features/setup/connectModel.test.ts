import { describe, expect, it } from "vitest";
import type { ConnectionDraft } from "../../platform";
import { draftOf, emptyForm, jumpcloudUrlOf, urlProblem, validate } from "./connectModel";

const filled = { ...emptyForm, name: "Fennmark", jumpcloudKey: "k", application: "a", scimUrl: "https://api.atlassian.com/scim/directory/7f3c", scimKey: "s" };

describe("connecting", () => {
  it("accepts what is complete", () => {
    expect(validate(filled)).toEqual({});
  });
  it.each([
    ["http://api.atlassian.com/scim/directory/1", "Only https"],
    ["api.atlassian.com", "begins with https://"],
    ["https://user:secret@api.atlassian.com", "Take the user name"],
    ["", "Enter the address"],
  ])("says what is wrong with the address %s", (url, words) => {
    expect(urlProblem(url)).toContain(words);
  });
  it.each(["http://127.0.0.1:8080/scim", "http://localhost:9", "https://console.jumpcloud.com/"])("accepts %s", (url) => {
    expect(urlProblem(url)).toBeUndefined();
  });
  it("recognises Atlassian's console pasted instead of the base URL", () => {
    expect(validate({ ...filled, scimUrl: "https://admin.atlassian.com/o/1/security" }).scimUrl).toContain("not a SCIM base URL");
  });
  it("wants the organisation id and its key together", () => {
    expect(validate({ ...filled, organisationKey: "x" }).organisationId).toBeDefined();
    expect(validate({ ...filled, organisationId: "x" }).organisationKey).toBeDefined();
  });
  it("takes the region's console, and the typed address only for another one", () => {
    expect(jumpcloudUrlOf({ ...filled, region: "eu", jumpcloudUrl: "https://x" })).toBe("https://console.eu.jumpcloud.com");
    expect(jumpcloudUrlOf({ ...filled, region: "other", jumpcloudUrl: " https://x " })).toBe("https://x");
  });
  it("leaves the organisation's address out with its id", () => {
    const defaults = { endpoints: { organisation_url: "https://api.atlassian.com" }, policy: {} } as ConnectionDraft;
    expect(draftOf(filled, defaults).endpoints.organisation_url).toBeNull();
    expect(draftOf({ ...filled, organisationId: "o" }, defaults).endpoints.organisation_url).toBe("https://api.atlassian.com");
  });
});

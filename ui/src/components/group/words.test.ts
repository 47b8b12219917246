import { describe, expect, it } from "vitest";
import { accessLine, appAlone, appWord, someOf, withAppNames } from "./words";

describe("apps", () => {
  it("are named as Atlassian names them, unknown ones in the same shape", () => {
    expect(appWord("jira-software")).toBe("Jira");
    expect(appWord("jira-servicedesk")).toBe("Jira Service Management");
    expect(appWord("new-thing")).toBe("New thing");
    expect(appAlone("confluence (halden)")).toBe("Confluence");
  });

  it("are named so inside of sentences, where a group's name that looks like one is left alone", () => {
    expect(withAppNames("jira-software-users is the default access group of jira-software (halden): look.")).toBe("jira-software-users is the default access group of Jira on halden: look.");
    expect(withAppNames("marek.dvorak@halden.example (same e-mail address)")).toBe("marek.dvorak@halden.example (same e-mail address)");
  });

  it("stand in one line with their sites", () => {
    const access = (app: string, site: string | null) => ({ app, resource: app, site, roles: [], is_default: false });
    expect(accessLine([access("jira-software", "halden"), access("confluence", "halden")])).toBe("Jira, Confluence on halden");
    expect(accessLine([access("jira-software", null)])).toBe("Jira");
  });
});

describe("a list in words", () => {
  it("names the first and counts the rest", () => {
    expect(someOf(["a", "b"], 2)).toBe("a and b");
    expect(someOf(["a", "b", "c"], 2)).toBe("a, b and 1 more");
  });
});

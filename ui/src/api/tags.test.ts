import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { invalidate } from "./tags";

describe("what is read again", () => {
  it("is what the written kind touches, and nothing else", () => {
    const client = new QueryClient();
    client.setQueryData(["plan", "latest"], 1);
    client.setQueryData(["groups", "list"], 1);
    invalidate(client, ["plan"]);
    expect(client.getQueryState(["plan", "latest"])?.isInvalidated, "a plan was written").toBe(true);
    expect(client.getQueryState(["groups", "list"])?.isInvalidated, "groups were not").toBe(false);
  });
});

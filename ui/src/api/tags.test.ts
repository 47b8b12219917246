import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { invalidate } from "./tags";

describe("what is read again", () => {
  it("is what the written kind touches, and nothing else", () => {
    const client = new QueryClient();
    client.setQueryData(["plan", "latest"], 1);
    client.setQueryData(["groups", "list"], 1);
    void invalidate(client, ["plan"]);
    expect(client.getQueryState(["plan", "latest"])?.isInvalidated, "a plan was written").toBe(true);
    expect(client.getQueryState(["groups", "list"])?.isInvalidated, "groups were not").toBe(false);
  });

  it("includes a first reading that was under way and may have been answered before", async () => {
    const client = new QueryClient();
    const answers: ((answer: string) => void)[] = [];
    const observer = new QueryObserver(client, { queryKey: ["runs", "detail"], queryFn: () => new Promise<string>((resolve) => answers.push(resolve)) });
    const stop = observer.subscribe(() => undefined);
    const done = invalidate(client, ["runs"]);
    answers[0]?.("running");
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.("converged");
    await done;
    expect(observer.getCurrentResult().data).toBe("converged");
    stop();
  });
});

import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { createReader } from "./reader";

describe("what is read again", () => {
  it("is what the written kind touches, and nothing else", () => {
    const client = new QueryClient();
    client.setQueryData(["plan", "latest"], 1);
    client.setQueryData(["events", "list"], 1);
    void createReader(client)(["plan"]);
    expect(client.getQueryState(["plan", "latest"])?.isInvalidated, "a plan was written").toBe(true);
    expect(client.getQueryState(["events", "list"])?.isInvalidated, "events were not").toBe(false);
  });

  it("includes a first reading that was under way and may have been answered before", async () => {
    const client = new QueryClient();
    const answers: ((answer: string) => void)[] = [];
    const observer = new QueryObserver(client, { queryKey: ["runs", "detail"], queryFn: () => new Promise<string>((resolve) => answers.push(resolve)) });
    const stop = observer.subscribe(() => undefined);
    const done = createReader(client)(["runs"]);
    answers[0]?.("running");
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.("converged");
    await done;
    expect(observer.getCurrentResult().data).toBe("converged");
    stop();
  });

  it("finishes each reading although something is written all the time", async () => {
    const client = new QueryClient();
    let answered = 0;
    const observer = new QueryObserver(client, { queryKey: ["runs", "detail"], queryFn: () => new Promise<number>((resolve) => setTimeout(() => resolve((answered += 1)), 30)) });
    const stop = observer.subscribe(() => undefined);
    const written = createReader(client);
    const notices = setInterval(() => void written(["runs"]), 5);
    await expect.poll(() => observer.getCurrentResult().data, { timeout: 3_000 }).toBeGreaterThan(2);
    clearInterval(notices);
    stop();
  });
});

import { expect, it } from "vitest";
import { withFault } from "./model";

it("switches one fault and leaves the others as they are", () => {
  expect(withFault(["slow:ms=300", "own:spec"], "slow:ms=300", false)).toEqual(["own:spec"]);
  expect(withFault(["own:spec"], "slow:ms=300", true)).toEqual(["own:spec", "slow:ms=300"]);
  expect(withFault(["slow:ms=300"], "slow:ms=300", true), "a fault is in force once").toEqual(["slow:ms=300"]);
});

import { attributeWord } from "../../components/operation/words";
import { plural } from "../../lib/plural";
import type { RunView } from "../../platform";
import classes from "./RunPage.module.css";
import { texts } from "./texts";

/** What the read-back found different, and what was not sent since its facts had moved. */
export function Differences({ run }: { run: RunView }) {
  return (
    <>
      {run.differences.length > 0 && (
        <section className={classes["differences"]} aria-labelledby="differences">
          <h2 id="differences">{texts.differences}</h2>
          <p className="t2">What was touched was read again and compared with what was approved. {run.differences.length === 1 ? "This one is" : `These ${run.differences.length} are`} not as approved; the next plan takes them up.</p>
          <table className={classes["table"]}>
            <thead>
              <tr>
                <th scope="col">Object</th>
                <th scope="col">Field</th>
                <th scope="col">Approved</th>
                <th scope="col">Found in Atlassian</th>
              </tr>
            </thead>
            <tbody>
              {run.differences.map((difference, index) => (
                <tr key={index}>
                  <td>
                    <span className="pname">{difference.subject}</span>
                  </td>
                  <td className="t2">{attributeWord(difference.attribute)}</td>
                  <td>{difference.expected ?? "none"}</td>
                  <td className="med" style={{ color: "var(--bad)" }}>
                    {difference.found ?? "none"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {run.moved.length > 0 && (
        <section className={classes["differences"]} aria-labelledby="moved">
          <h2 id="moved">{texts.moved}</h2>
          <p className="t2">{plural(run.moved.length, "operation")} would no longer have done what you approved. Compute the plan again to see what they would do now.</p>
          <ul className={classes["moved"]}>
            {run.moved.map((moved) => (
              <li key={moved.operation}>
                <b className="med">{moved.label}</b> <span className="t2">{moved.text}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

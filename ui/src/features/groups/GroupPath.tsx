import { IconAppWindow, IconUsersGroup, IconX } from "@tabler/icons-react";
import { appWord, groupState, roleWord } from "../../components/group/words";
import { Side } from "../../components/Side";
import { plural } from "../../lib/plural";
import type { AppAccess, GroupPage, GroupState } from "../../platform";
import classes from "./GroupPage.module.css";

const MOST_APPS = 4;
const NODE = 48;
const GAP = 8;

/** What the line between the two groups is, and whether anything goes along it. */
function lineOf(state: GroupState, isAsked: boolean): { word: string; isCut: boolean } {
  switch (state) {
    case "managed":
      return { word: "synced", isCut: false };
    case "new":
      return isAsked ? { word: "held: decide first", isCut: true } : { word: "to be created", isCut: false };
    case "waiting_for_atlassian":
      return { word: "waits for Atlassian", isCut: true };
    case "same_name_exists":
      return { word: "held: decide first", isCut: true };
    case "default_group":
      return { word: "cannot be synced", isCut: true };
    case "empty":
      return { word: "nobody in it", isCut: true };
    case "left_alone":
      return { word: "left alone", isCut: true };
    case "unbound":
    case "released":
      return { word: "unbound", isCut: true };
    case "deleted":
      return { word: "deleted in JumpCloud", isCut: true };
    case "vanished":
      return { word: "deleted in Atlassian", isCut: true };
    default:
      return { word: groupState(state).word, isCut: true };
  }
}

/** Left to right: JumpCloud's group, Atlassian's group, the apps it opens. A cut line is dashed and says why. */
export function GroupPath({ page }: { page: GroupPage }) {
  const { row, access } = page;
  const isAsked = page.conflict !== null && page.conflict.status !== "decided" && page.conflict.status !== "waiting";
  const line = lineOf(row.state, isAsked);
  const shown = access.slice(0, MOST_APPS);
  const rows = Math.max(1, shown.length);
  const height = rows * NODE + (rows - 1) * GAP;
  const centre = height / 2;
  const isThere = row.target_id !== null || row.members_in_target !== null || ["same_name_exists", "default_group", "waiting_for_atlassian", "left_alone"].includes(row.state);
  return (
    <div className={classes["path"]} role="img" aria-label={spoken(page, line.word, isThere)}>
      <h3 style={{ gridColumn: 1 }}>
        <Side of="jumpcloud" />
        User group
      </h3>
      <h3 style={{ gridColumn: 3 }}>
        <Side of="atlassian" />
        Group
      </h3>
      <h3 style={{ gridColumn: 5 }}>
        <Side of="atlassian" />
        App access
      </h3>
      <div className={classes["column"]} style={{ gridColumn: 1 }}>
        <div className={`${classes["node"]} ${row.state === "deleted" ? classes["bad"] : ""}`}>
          <IconUsersGroup className="i c-3" size={16} stroke={1.75} />
          <span className="grow">
            <b className="cut">{row.name}</b>
            <small className="cut">{row.source_id === null ? "Not in JumpCloud" : plural(row.members, "member")}</small>
          </span>
        </div>
      </div>
      <div className={classes["edges"]} style={{ gridColumn: 2 }}>
        <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" style={{ height }}>
          <path className={line.isCut ? classes["cut"] : classes["live"]} d={`M0 ${centre}H100`} />
        </svg>
        <span className={`${classes["label"]} ${line.isCut ? classes["labelCut"] : ""}`} style={{ left: "50%", top: centre }}>
          {line.isCut && <IconX size={12} stroke={2.25} />}
          {line.word}
        </span>
      </div>
      <div className={classes["column"]} style={{ gridColumn: 3 }}>
        <div className={`${classes["node"]} ${isThere ? "" : classes["off"]}`}>
          <IconUsersGroup className="i c-3" size={16} stroke={1.75} />
          <span className="grow">
            <b className="cut">{isThere ? row.name : "Not there yet"}</b>
            <small className="cut">{row.members_in_target === null ? groupState(row.state).word : `${plural(row.members_in_target, "member")}, ${groupState(row.state).word.toLowerCase()}`}</small>
          </span>
        </div>
      </div>
      <div className={classes["edges"]} style={{ gridColumn: 4 }}>
        {shown.length > 0 && (
          <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" style={{ height }}>
            {shown.map((each, index) => {
              const y = index * (NODE + GAP) + NODE / 2;
              return <path key={each.resource} className={classes["live"]} d={`M0 ${centre}C55 ${centre} 45 ${y} 100 ${y}`} />;
            })}
          </svg>
        )}
      </div>
      <div className={classes["column"]} style={{ gridColumn: 5 }}>
        {shown.length === 0 && <div className={`${classes["node"]} ${classes["off"]}`}>None that can be seen</div>}
        {shown.map((each) => (
          <div key={each.resource} className={classes["node"]}>
            <IconAppWindow className="i c-3" size={16} stroke={1.75} />
            <span className="grow">
              <b className="cut">{appWord(each.app)}</b>
              <small className="cut">{appLine(each)}</small>
            </span>
          </div>
        ))}
      </div>
      {access.length > shown.length && <p className={classes["hidden"]}>and {plural(access.length - shown.length, "more app")}</p>}
    </div>
  );
}

export const appLine = (access: AppAccess): string => [access.site, access.is_default ? "default access" : access.roles.map(roleWord).join(", ")].filter(Boolean).join(", ");

/** The drawing as sentences. */
function spoken({ row, access }: GroupPage, line: string, isThere: boolean): string {
  return [
    `${row.name} in JumpCloud has ${plural(row.members, "member")}.`,
    `To Atlassian: ${line}.`,
    isThere ? `In Atlassian: ${groupState(row.state).word}${row.members_in_target === null ? "" : `, ${plural(row.members_in_target, "member")}`}.` : "Not in Atlassian yet.",
    access.length > 0 ? `It gives ${access.map((each) => appWord(each.app)).join(", ")}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

import { IconArrowRight, IconPlayerPause, IconUsersGroup, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { activeWord } from "../../components/operation/Cells";
import { Side } from "../../components/Side";
import { initials } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { PersonPage } from "../../platform";
import { layoutPath, type PathLayout, type PathNode, sourceState } from "./model";
import classes from "./PersonPage.module.css";
import { texts } from "./texts";

const MOST_GROUPS = 5;
const words = texts.person;

/** Left to right: person, groups, account. Cut paths are dashed and say so; dead ends stop at a bar. */
export function WhyGraph({ connectionId, page }: { connectionId: string; page: PersonPage }) {
  const layout = layoutPath(page.path, MOST_GROUPS);
  const isLosing = page.active_in_target === true && page.active_after === false;
  return (
    <div className={classes["graph"]} role="group" aria-label={spoken(page, layout)}>
      <h3 style={{ gridColumn: 1 }}>
        <Side of="jumpcloud" />
        {words.person}
      </h3>
      <h3 style={{ gridColumn: 3 }}>
        <Side of="jumpcloud" />
        {words.groups}
      </h3>
      <h3 style={{ gridColumn: 5 }}>
        <Side of="atlassian" />
        {words.account}
      </h3>
      <div className={classes["column"]} style={{ gridColumn: 1 }}>
        <div className={classes["node"]}>
          <span className="av">{initials(page.row.name)}</span>
          <span className="grow">
            <b className="cut">{page.row.name}</b>
            <small>{sourceState(page.row.source_state).word}</small>
          </span>
        </div>
      </div>
      <div className={classes["edges"]} style={{ gridColumn: 2 }}>
        <Edges layout={layout} side="in" />
        {layout.nodes.map((node) => (
          <EdgeLabel key={node.group.name} node={node} layout={layout} text={node.edge === "cut" ? node.group.relation : "member"} />
        ))}
      </div>
      <div className={classes["column"]} style={{ gridColumn: 3 }}>
        {layout.nodes.length === 0 && <div className={`${classes["node"]} ${classes["off"]}`}>In no group</div>}
        {layout.nodes.map(({ group, edge }) => (
          <div key={group.name} className={`${classes["node"]} ${edge === "cut" ? classes["bad"] : edge === "dead-end" ? classes["off"] : ""}`}>
            <IconUsersGroup className={`i ${edge === "cut" ? "c-bad" : "c-3"}`} size={16} stroke={1.75} />
            <span className="grow">
              <Link className={`cut ${classes["nodeLink"]}`} to="/c/$connection/groups/$group" params={{ connection: connectionId, group: group.key ?? group.name }}>
                {group.name}
              </Link>
              <small className="cut">{group.detail}</small>
            </span>
          </div>
        ))}
      </div>
      <div className={classes["edges"]} style={{ gridColumn: 4 }}>
        <Edges layout={layout} side="out" />
        <OutLabels layout={layout} />
      </div>
      <div className={classes["column"]} style={{ gridColumn: 5 }}>
        <div className={`${classes["node"]} ${classes["account"]} ${isLosing ? classes["bad"] : ""}`}>
          <span className="grow">
            <AccountWord before={page.active_in_target} after={page.active_after} />
            <small>{page.held_text !== null ? "Held; not sent" : isLosing || page.active_in_target !== page.active_after ? "In the plan; not sent yet" : "Stays as it is"}</small>
          </span>
          {page.held_text !== null && <IconPlayerPause className={`i ${isLosing ? "c-bad" : "c-warn"}`} size={16} stroke={1.75} />}
        </div>
      </div>
      {layout.hidden > 0 && <p className={classes["hidden"]}>and {plural(layout.hidden, "more group", "more groups")}</p>}
    </div>
  );
}

const accountWord = (active: boolean | null) => (active === null ? "No account" : activeWord(active));

function AccountWord({ before, after }: { before: boolean | null; after: boolean | null }) {
  if (before === after || after === null) return <b>{accountWord(before)}</b>;
  return (
    <b className="chg">
      <del>{accountWord(before)}</del>
      <IconArrowRight className="i" size={12} stroke={2} />
      <ins>{accountWord(after)}</ins>
    </b>
  );
}

const classOf = (node: PathNode): string | undefined => (node.edge === "cut" ? classes["cutEdge"] : node.edge === "leads" ? classes["live"] : classes["dead"]);

/** Curves between the columns; the width is stretched, so x runs from 0 to 100. */
function Edges({ layout, side }: { layout: PathLayout; side: "in" | "out" }) {
  const { centre, height } = layout;
  return (
    <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" style={{ height }} aria-hidden>
      {layout.nodes.map((node) => {
        const d = side === "in" ? `M0 ${centre}C55 ${centre} 45 ${node.y} 100 ${node.y}` : node.edge === "dead-end" ? `M0 ${node.y}H22` : `M0 ${node.y}C55 ${node.y} 45 ${centre} 100 ${centre}`;
        return <path key={node.group.name} className={classOf(node)} d={d} />;
      })}
    </svg>
  );
}

function EdgeLabel({ node, layout, text }: { node: PathNode; layout: PathLayout; text: string }) {
  const isCut = node.edge === "cut";
  return (
    <span className={`${classes["label"]} ${isCut ? classes["labelBad"] : ""}`} style={{ left: "58%", top: layout.centre + (node.y - layout.centre) * 0.66 }}>
      {isCut && <IconX size={12} stroke={2.25} />}
      {text}
    </span>
  );
}

function OutLabels({ layout }: { layout: PathLayout }) {
  return layout.nodes.map((node) => {
    if (node.edge === "dead-end") {
      return (
        <span key={node.group.name}>
          <span className={classes["stub"]} style={{ left: "22%", top: node.y }} />
          <span className={classes["label"]} style={{ left: "calc(22% + 38px)", top: node.y, background: "none" }}>
            {words.endsHere}
          </span>
        </span>
      );
    }
    const isCut = node.edge === "cut";
    const isFirst = layout.nodes.find((each) => each.edge === node.edge) === node;
    if (!isFirst) return null;
    return (
      <span key={node.group.name} className={`${classes["label"]} ${isCut ? classes["labelBad"] : ""}`} style={{ left: "46%", top: node.y + (layout.centre - node.y) * 0.42 }}>
        {isCut && <IconX size={12} stroke={2.25} />}
        {isCut ? words.wasThrough : words.through}
      </span>
    );
  });
}

/** The drawing as sentences. */
function spoken(page: PersonPage, layout: PathLayout): string {
  const names = (edge: PathNode["edge"]) => layout.nodes.filter((node) => node.edge === edge).map((node) => node.group.name).join(", ");
  const parts = [
    names("cut") && `${page.row.name} was in ${names("cut")}, which counted.`,
    names("leads") && `${page.row.name} is in ${names("leads")}, which is bound.`,
    names("dead-end") && `${page.row.name} is in ${names("dead-end")}, which is not bound.`,
    `Account: ${accountWord(page.active_in_target)}${page.active_after !== page.active_in_target && page.active_after !== null ? `, then ${accountWord(page.active_after)}` : ""}.`,
  ];
  return parts.filter(Boolean).join(" ");
}

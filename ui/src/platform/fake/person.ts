import type { AttributePair, EventRow, OperationRow, PathGroup, PersonPage, PersonRow, PlanView } from "../types";

export function inventPersonPage(row: PersonRow, operations: readonly OperationRow[], plan: PlanView | null, history: readonly EventRow[]): PersonPage {
  const mine = operations.filter((operation) => operation.subject.type === "person" && operation.subject.source_id === row.key);
  const first = mine[0];
  const isOff = first?.kind === "deactivate_user";
  const isNew = first?.kind === "create_user";
  const given = row.name.split(" ")[0] ?? row.name;
  const path: PathGroup[] = isOff
    ? [
        { name: "support-tier2", is_bound: true, relation: "left", members: 5, detail: "Bound; left since the last read" },
        { name: "all-staff", is_bound: false, relation: "member", members: 2410, detail: "Not bound, 2,410 members" },
        { name: "eu-contractors", is_bound: false, relation: "member", members: 86, detail: "Not bound, 86 members" },
      ]
    : [
        ...row.scope_groups.map((name): PathGroup => ({ name, is_bound: true, relation: "member", members: 42, detail: "Bound, 42 members" })),
        { name: "all-staff", is_bound: false, relation: "member", members: 2410, detail: "Not bound, 2,410 members" },
      ];
  const same = (attribute: AttributePair["attribute"], field: string, value: string): AttributePair => ({ attribute, source_field: field, source: value, target: row.target_state === "absent" ? null : value, result: row.target_state === "absent" ? "create" : "same" });
  return {
    row,
    will: isOff ? "be_deactivated" : isNew ? "be_created" : first ? "be_updated" : "stay",
    why_title: isOff ? `Why ${given} would be deactivated` : isNew ? `Why ${given} would get an account` : `Why ${given} is active`,
    why_text: isOff ? "The only path into scope was support-tier2, which was left." : row.scope_groups.length > 0 ? `In scope through ${row.scope_groups.join(" and ")}.` : "In no bound group, so Lockstep leaves this account alone.",
    causes: [],
    path,
    would_change: (isOff ? ["stay active if they were put back into support-tier2", "stay active if they were in any of design, legal and 35 more", "stay active if eu-contractors were bound to the application"] : row.scope_groups.length > 0 ? ["be deactivated if they left every bound group", "be deactivated if suspended in JumpCloud"] : []).map((change) => `${row.name} would ${change}.`),
    active_in_target: row.target_state === "absent" ? null : row.target_state === "active",
    active_after: isOff ? false : isNew ? true : row.target_state === "active",
    held_text: isOff ? "Held by a guard; not sent" : null,
    attributes: [
      same("userName", "username", row.user_name ?? ""),
      same("email", "email", row.email ?? ""),
      same("displayName", "displayname", row.name),
      row.sync_state === "out_of_sync" || first?.kind === "update_user"
        ? { attribute: "title", source_field: "jobTitle", source: "Support Engineer II", target: "Support Engineer", result: "update" }
        : same("title", "jobTitle", "Support Engineer"),
      same("department", "department", "Service Operations"),
      { attribute: "timezone", source_field: "timezone", source: "Europe/Lisbon", target: null, result: "not_kept" },
      same("preferredLanguage", "preferredLanguage", "en-GB"),
    ],
    link_text: row.target_state === "absent" ? "No account in Atlassian yet" : "Linked by a stored pair of ids; both records agree",
    target_groups: row.target_state === "absent" ? [] : [...row.scope_groups, "confluence-editors"],
    history: [...history],
    operations: mine,
    plan_id: plan?.plan_id ?? null,
    plan_number: plan?.number ?? null,
    is_protected: false,
  };
}

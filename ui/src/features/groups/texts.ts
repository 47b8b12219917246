export const texts = {
  title: "User groups",
  sub: "bound to the application in JumpCloud",
  filter: "Filter groups",
  placeholder: "Filter by name",
  emptyTitle: "No bound groups",
  empty: "Bind user groups to the application in JumpCloud’s Admin Portal, then read both sides again. Only their members are in scope.",
  noMatchTitle: "No group matches",
  noMatch: "No bound group fits this filter.",
} as const;

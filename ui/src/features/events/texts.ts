export const texts = {
  title: "Events",
  filter: "Filter events",
  placeholder: "Person, group or error",
  failed: "Failed",
  emptyTitle: "No events yet",
  empty: "Every attempt that a run makes is recorded here, successful or not.",
  noMatchTitle: "No event matches",
  noMatch: "No event fits this filter.",
} as const;

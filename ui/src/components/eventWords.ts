const words: Record<string, string> = {
  idm_integration_activate: "Integration activated",
  idm_integration_update: "Settings changed",
  idm_integration_reauth: "Key renewed",
  idm_integration_delete: "Integration removed",
  user_create_provision: "Created",
  user_update_provision: "Updated",
  user_deprovision: "Deactivated",
  user_delete_provision: "Deleted",
  user_lookup_provision: "Lookup had a problem",
  group_create_provision: "Group created",
  group_update_provision: "Group updated",
  group_delete_provision: "Group deleted",
};

/** What an event was, in words; a type from a later version is shown by its name. */
export const eventWord = (type: string): string => words[type] ?? type;

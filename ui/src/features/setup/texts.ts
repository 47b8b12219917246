export const texts = {
  title: "Keep Atlassian Cloud in step with JumpCloud",
  lead: "See every change with its reason before it happens, approve exactly that, and stop it at any moment.",
  sandbox: "Try it in the sandbox",
  sandboxText: "An invented organisation of about 40 people on this computer. No account, nothing leaves it.",
  sandboxStarting: "Starting the sandbox…",
  connect: "Connect JumpCloud and Atlassian",
  connectText: "You need an API key of JumpCloud and the SCIM base URL and key of your Atlassian directory.",
  promises: ["Nothing is written to Atlassian outside a plan that you approved.", "Guards hold a plan that would deactivate more people than you allow.", "Keys stay in the operating system’s secret store."],
} as const;

/** The mark of one side: source left and outlined, target right and filled, everywhere in this order. */
export function Side({ of }: { of: "jumpcloud" | "atlassian" }) {
  return (
    <span className={of === "jumpcloud" ? "side j" : "side a"} aria-hidden>
      {of === "jumpcloud" ? "J" : "A"}
    </span>
  );
}

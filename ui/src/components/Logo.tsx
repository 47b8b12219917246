import classes from "./Logo.module.css";

/** Two stairs, one behind the other, in step. */
export function Logo({ size = "small" }: { size?: "small" | "big" }) {
  return (
    <span className={`${classes["logo"]} ${size === "big" ? classes["big"] : ""}`}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M4 15.5h5v-5h5v-5h5" />
        <path d="M7 20h6.5v-5h5v-5H21" opacity=".62" />
      </svg>
    </span>
  );
}

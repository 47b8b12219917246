import { Modal } from "@mantine/core";
import { Fragment } from "react";
import { itemsFor, navItems } from "./nav";
import classes from "./Shell.module.css";
import { texts } from "./texts";

const inTables: readonly (readonly [readonly string[], string])[] = [
  [["/"], "Filter the table"],
  [["↑", "↓"], "Move by row"],
  [["→", "←"], "Into the row's cells and back"],
  [["Home", "End"], "First and last row"],
  [["Enter"], "Open the side panel"],
  [["Esc"], "Close it; back to the row"],
];

export function ShortcutsDialog({ isSandbox, opened, onClose }: { isSandbox: boolean; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={texts.shortcuts} withCloseButton closeButtonProps={{ "aria-label": "Close" }}>
      <dl className={classes["keys"]}>
        <dt>
          <kbd>Ctrl</kbd>
          <kbd>K</kbd>
        </dt>
        <dd>{texts.search}</dd>
        {itemsFor(navItems, isSandbox).map((item) => (
          <Fragment key={item.to}>
            <dt>
              <kbd>G</kbd>
              <kbd>{item.key.toUpperCase()}</kbd>
            </dt>
            <dd>{item.label}</dd>
          </Fragment>
        ))}
        {inTables.map(([keys, meaning]) => (
          <Fragment key={meaning}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}

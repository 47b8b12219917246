import { Button } from "@mantine/core";
import { IconShieldHalf } from "@tabler/icons-react";
import { Banner } from "../../components/Banner";
import { plural } from "../../lib/plural";
import type { GuardView } from "../../platform";
import classes from "./PlanPage.module.css";
import { texts } from "./texts";

const NAMES_SHOWN = 6;

/** One cause before many names. */
export function GuardBanner({ guard, overrideReason, onOverride, onTakeBack, onShow }: { guard: GuardView; overrideReason: string | null; onOverride: () => void; onTakeBack: () => void; onShow: () => void }) {
  const shown = guard.names.slice(0, NAMES_SHOWN);
  const more = guard.held - shown.length;
  const isOverridden = overrideReason !== null && guard.releasable;
  return (
    <div className={classes["guard"]}>
      <Banner
        tone="warn"
        icon={IconShieldHalf}
        title={isOverridden ? `Overridden for this plan: ${guard.title}` : guard.title}
        actions={
          <>
            {guard.releasable && (
              <Button size="compact-sm" variant="subtle" color="gray" onClick={isOverridden ? onTakeBack : onOverride}>
                {isOverridden ? texts.overridden : texts.override}
              </Button>
            )}
            <Button size="compact-sm" onClick={onShow}>
              Show the {guard.held}
            </Button>
          </>
        }
      >
        {isOverridden ? <p>Reason given: {overrideReason}</p> : guard.cause && <p>{guard.cause}</p>}
        {shown.length > 0 && (
          <p className="cut">
            {shown.join(", ")}
            {more > 0 && ` and ${plural(more, "more", "more")}`}
          </p>
        )}
      </Banner>
    </div>
  );
}

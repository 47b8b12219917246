import { Button } from "@mantine/core";
import { IconShieldHalf } from "@tabler/icons-react";
import { Banner } from "../../components/Banner";
import { formatCount } from "../../lib/format";
import type { GuardView } from "../../platform";
import { namesOf } from "./model";
import classes from "./PlanPage.module.css";
import { texts } from "./texts";

/** One cause before many names. */
export function GuardBanner({ guard, overrideReason, onOverride, onTakeBack, onShow }: { guard: GuardView; overrideReason: string | null; onOverride: () => void; onTakeBack: () => void; onShow: () => void }) {
  const title = guard.title.replace(/\.$/, "");
  const isOverridden = overrideReason !== null && guard.releasable;
  return (
    <div className={classes["guard"]}>
      <Banner
        tone="warn"
        icon={IconShieldHalf}
        title={isOverridden ? `Overridden for this plan: ${title}` : title}
        actions={
          <>
            {guard.releasable && (
              <Button size="compact-sm" variant="subtle" color="gray" onClick={isOverridden ? onTakeBack : onOverride}>
                {isOverridden ? texts.overridden : texts.override}
              </Button>
            )}
            <Button size="compact-sm" onClick={onShow}>
              Show the {formatCount(guard.held)}
            </Button>
          </>
        }
      >
        {isOverridden ? <p>Reason given: {overrideReason}</p> : guard.cause && <p>{guard.cause}</p>}
        {guard.names.length > 0 && <p className="cut">{namesOf(guard)}</p>}
      </Banner>
    </div>
  );
}

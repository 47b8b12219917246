import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** Why there is nothing here, and what to do next. */
export function EmptyState({ icon: Icon, title, children, action }: { icon: Icon; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <span className="ico">
        <Icon size={20} stroke={1.75} aria-hidden />
      </span>
      <b className="semi">{title}</b>
      <p>{children}</p>
      {action && <div className="row" style={{ marginTop: 6 }}>{action}</div>}
    </div>
  );
}

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { overviewQuery } from "../api/queries";
import { useRefresh } from "../api/useRefresh";
import { EmptyState } from "./EmptyState";
import { notifyError } from "./notify";

type Props = { connectionId: string; icon: Icon; text: string; otherwise: ReactNode };

/** An empty list says "nothing there" only of what was read; before that it offers to read, and says so while it goes on. */
export function NothingRead({ connectionId, icon, text, otherwise }: Props) {
  const overview = useQuery(overviewQuery(connectionId));
  const refresh = useRefresh(connectionId);
  if (!overview.data || overview.data.read_at !== null) return otherwise;
  const job = overview.data.job;
  if (job?.kind === "refresh") {
    return (
      <EmptyState icon={icon} title="Both sides are being read">
        {job.step}. What is found appears here by itself.
      </EmptyState>
    );
  }
  const read = () => refresh.mutate(undefined, { onError: notifyError });
  return (
    <EmptyState
      icon={icon}
      title="Nothing read yet"
      action={
        <Button variant="filled" disabled={job !== null || refresh.isPending} onClick={read}>
          Read both sides
        </Button>
      }
    >
      {text}
    </EmptyState>
  );
}

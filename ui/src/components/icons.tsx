import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconHandStop,
  IconHourglass,
  IconLoader2,
  IconLock,
  IconPencil,
  IconPlayerPause,
  IconPlus,
  IconTrash,
  IconUserOff,
  IconUserQuestion,
} from "@tabler/icons-react";

/** One icon per meaning, everywhere. */
export const meaning = {
  create: IconPlus,
  update: IconPencil,
  deactivate: IconUserOff,
  delete: IconTrash,
  held: IconPlayerPause,
  separate: IconHandStop,
  success: IconCircleCheck,
  failed: IconCircleX,
  warning: IconAlertTriangle,
  possibleMatch: IconUserQuestion,
  retry: IconHourglass,
  waiting: IconCircleDashed,
  inFlight: IconLoader2,
  locked: IconLock,
} as const satisfies Record<string, Icon>;

export type Meaning = keyof typeof meaning;

import { locale } from "./locale";

const counts = new Intl.NumberFormat("en-GB");

export function formatCount(value: number): string {
  return counts.format(value);
}

/** For figures that stand close together: "1,204" in full, "30k" rounded down from ten thousand on. */
export function formatShort(value: number): string {
  return value < 10_000 ? formatCount(value) : `${formatCount(Math.floor(value / 1_000))}k`;
}

const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();
const dayBefore = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate() - 1);

/** "09:12" today, "Yesterday 18:00", else "14 Oct" or, in another year, "14 Oct 2025". */
export function formatWhen(iso: string, now: Date): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  if (sameDay(date, now)) return formatClock(iso);
  if (sameDay(date, dayBefore(now))) return `Yesterday ${formatClock(iso)}`;
  return formatDay(iso, now);
}

export function formatClock(iso: string): string {
  return new Date(iso).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

/** With seconds and thousandths, for rows that follow each other closely. */
export function formatInstant(iso: string): string {
  return new Date(iso).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
}

export function formatDay(iso: string, now: Date): string {
  const date = new Date(iso);
  const year = date.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
  return date.toLocaleDateString(locale, { day: "numeric", month: "short", year });
}

export function formatDate(iso: string): string {
  return new Date(iso).toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" });
}

/** "just now", "3 min ago", "2 h ago", "5 days ago". */
export function formatAge(iso: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(iso).getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

/** "231 ms", "4.2 s", "3 min 20 s", "1 h 5 min". */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Rounded as a promise should be: "about 50 s", "about 4 min". */
export function formatEstimate(seconds: number): string {
  if (seconds < 2) return "a moment";
  if (seconds < 20) return `about ${Math.round(seconds)} s`;
  if (seconds < 90) return `about ${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${minutes} min`;
  return `about ${Math.round(minutes / 30) / 2} h`;
}

export function daysUntil(iso: string, now: Date): number {
  return Math.ceil((new Date(iso).getTime() - now.getTime()) / 86_400_000);
}

/** First letters of the first and last word: "Wei Ling Chua" is "WC". */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.[0] ?? "";
  const last = words.length > 1 ? (words[words.length - 1]?.[0] ?? "") : "";
  return (first + last).toUpperCase();
}

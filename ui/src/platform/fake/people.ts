import type { PersonRow } from "../types";

const given = "Amara Bram Chidi Elif Hanna Freya Jonas Idris Katya Leila Mateo Piotr Samir Wei Tendai Yuki Rosa Leyla Sunniva Owen Ravi Hugo Oskar Anneli Théo Marta Kenji Nadia Luca Sofie Mihai Aoife Ines Dara Zofia Kwame Noor Emeka Lars Priya Tomás Ingrid Omar Lucía Dmitri Fatima Seo-yeon Callum Ayesha Viktor".split(" ");
const family = "Osei Wit Nwosu Demir Kowalczyk Holm Aalto Bello Morozova Haddad Rinaldi Zieliński Qureshi Chua Moyo Tanabe Delgado Aydin Dahl Pryce Menon Tremblay Brandt Saar Garnier Nowak Arai Rahmani Ferri Maes Stan Byrne Varga Quinn Lindqvist Mensah Bakker Okafor Eriksen Iyer Silva Berg Farouk Romero Volkov Hussein Park Fraser Malik Petrov".split(" ");
export const groupNames = "support-tier2 eng-platform eng-mobile all-engineering data-science design legal people-ops site-reliability finance sales-emea sales-apac marketing security it-operations research customer-care partners product intranet-pilot".split(" ");

/** Repeats itself exactly: a story that changes from run to run cannot be compared. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T,>(list: readonly T[], at: number): T => list[Math.floor(at * list.length) % list.length] as T;
const plain = (text: string) => text.toLowerCase().normalize("NFD").replace(/[^a-z-]/g, "").replace("ł", "l");

export function inventPeople(count: number): PersonRow[] {
  const next = numbers(418);
  return Array.from({ length: count }, (_, index): PersonRow => {
    const first = given[index % given.length] as string;
    const round = Math.floor(index / given.length);
    const last = family[(index + round * 7) % family.length] as string;
    const suffix = round < family.length ? "" : `${Math.floor(round / family.length) + 1}`;
    const user = `${plain(first)}.${plain(last)}${suffix}`;
    const dice = next();
    const groups = [...new Set([pick(groupNames, next()), pick(groupNames, next())])];
    const state = dice < 0.012 ? "suspended" : dice < 0.018 ? "password_expired" : dice < 0.02 ? "staged" : "active";
    const situation = dice > 0.995 ? "ambiguous" : dice > 0.985 ? "absent" : dice > 0.96 ? "unassigned" : dice > 0.94 ? "unqualified" : "confirmed";
    const isManaged = situation === "confirmed" || situation === "unqualified";
    return {
      key: situation === "unassigned" ? `scim:${index}` : `p${index}`,
      name: `${first} ${last}${suffix ? ` ${suffix}` : ""}`,
      email: `${user}@fennmark.example`,
      user_name: user,
      scope_groups: situation === "unassigned" || situation === "unqualified" ? [] : groups.slice(0, 3),
      scope_group_count: situation === "unassigned" || situation === "unqualified" ? 0 : groups.length,
      source_state: situation === "unassigned" ? "absent" : state,
      target_state: situation === "absent" || situation === "ambiguous" ? "absent" : state === "active" ? "active" : "deactivated",
      situation,
      sync_state: !isManaged ? "not_managed" : dice > 0.925 ? "out_of_sync" : "in_sync",
    };
  });
}

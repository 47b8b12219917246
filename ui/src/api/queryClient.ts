import { QueryClient } from "@tanstack/react-query";
import { AppError } from "./call";

/** The engine says when something changed, so nothing goes stale by the clock. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
        retry: (failures, error) => failures < 2 && error instanceof AppError && error.command.code === "busy",
      },
      mutations: { networkMode: "always" },
    },
  });
}


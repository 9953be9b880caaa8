/** Who works here: the session, its language, and the ways in and out. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, setToken, whenSignedOut } from "@/api/client";
import { keys, sessionQuery } from "@/api/queries";
import type { Session } from "@/api/types";
import { useLook } from "@/look/Look";
import { remember } from "./ahead";

/** Somebody else, or another company: nothing is kept of what was read before. */
function become(queries: QueryClient, session: Session | null): void {
  if (session) setToken(session.csrf);
  queries.setQueryData(keys.session, session);
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
}

/** The session, or null for nobody; undefined until it is known. */
export function useSession(): Session | null | undefined {
  const queries = useQueryClient();
  const { i18n } = useTranslation();
  const { data } = useQuery(sessionQuery);
  if (data) setToken(data.csrf);

  const isInside = data === undefined ? undefined : Boolean(data?.user);
  useEffect(() => {
    if (isInside !== undefined) remember(isInside);
  }, [isInside]);
  const language = data?.user?.language;
  useEffect(() => {
    if (!language) return;
    localStorage.setItem("onebook.language", language);
    if (i18n.language !== language) void i18n.changeLanguage(language);
  }, [language, i18n]);
  useEffect(() => whenSignedOut(() => queries.setQueryData(keys.session, null)), [queries]);
  return data;
}

/** How somebody likes the pages to look comes along to every browser that they use. */
export function useOwnLook(session: Session | null | undefined): void {
  const { choose } = useLook();
  const latest = useRef(choose);
  latest.current = choose;
  const user = session?.user;
  const { theme, size } = user?.preferences ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: somebody else has a look of their own
  useEffect(
    () => latest.current({ ...(theme && { brightness: theme }), ...(size && { size }) }),
    [user?.id, theme, size],
  );
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { login: string; password: string }) => api.post<Session>("session", credentials),
    onSuccess: (session) => become(queries, session),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.delete("session"),
    onSettled: () => become(queries, null),
  });
}

/** Another company: nothing that was read in the last one is kept. */
export function useCompanySwitch() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (company: number) => api.put<Session>("session/company", { company }),
    onSuccess: (session) => become(queries, session),
  });
}

/** Questions to the server, asked once and shared: the names under which answers are kept stand here and nowhere else. */
import { infiniteQueryOptions, keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import { api, Problem, type Query } from "./client";
import type {
  Activity,
  Change,
  Form,
  FormEntry,
  Home,
  Menu,
  Notifications,
  Page,
  RecordPage,
  ReportDescription,
  ReportPage,
  Session,
} from "./types";

const MINUTE = 60_000;
/** After so long a door that did not answer is knocked at again. */
const AGAIN_MS = 5_000;

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A refusal stays one; only what got no answer is worth asking again.
        retry: (failures, error) => failures < 2 && error instanceof Problem && error.status === 0,
        refetchOnWindowFocus: true,
        // Without a line a question fails at once, and says so; it is asked again as soon as there is one.
        networkMode: "always",
        refetchOnReconnect: true,
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

export const keys = {
  session: ["session"] as const,
  menus: ["menus"] as const,
  home: ["home"] as const,
  form: (form: string) => ["form", form] as const,
  /** Everything that shows records of a form: lists, groups, boards. */
  lists: (form: string) => ["lists", form] as const,
  record: (form: string, id: number) => ["record", form, id] as const,
  reports: ["reports"] as const,
  notifications: ["notifications"] as const,
  activity: ["activity"] as const,
  flows: ["flows"] as const,
};

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  // Without content: nobody is logged in.
  queryFn: async () => (await api.get<Session | undefined>("session")) ?? null,
  // Nothing is drawn before it is known who asks: where nobody answered, it is asked again by itself.
  refetchInterval: ({ state }) => (state.data === undefined && state.status === "error" ? AGAIN_MS : false),
  staleTime: 5 * MINUTE,
});

export const menusQuery = queryOptions({
  queryKey: keys.menus,
  queryFn: () => api.get<Menu[]>("menus"),
  staleTime: 5 * MINUTE,
});

export const homeQuery = queryOptions({ queryKey: keys.home, queryFn: () => api.get<Home>("home") });

export const formQuery = (form: string) =>
  queryOptions({
    queryKey: keys.form(form),
    queryFn: () => api.get<Form>(`forms/${form}`),
    staleTime: 5 * MINUTE,
  });

export const formsQuery = queryOptions({
  queryKey: ["forms"],
  queryFn: () => api.get<FormEntry[]>("forms"),
  staleTime: 5 * MINUTE,
});

/** A page of a list; the last page stays in sight until the next one is there. */
export const listQuery = (form: string, query: Query) =>
  queryOptions({
    queryKey: [...keys.lists(form), query],
    queryFn: ({ signal }) => api.get<Page>(form, query, signal),
    placeholderData: keepPreviousData,
  });

export const recordQuery = (form: string, id: number) =>
  queryOptions({
    queryKey: keys.record(form, id),
    queryFn: ({ signal }) => api.get<RecordPage>(`${form}/${id}`, {}, signal),
  });

export const changesQuery = (form: string, id: number) =>
  queryOptions({
    queryKey: [...keys.record(form, id), "changes"],
    queryFn: ({ signal }) => api.get<Change[]>(`${form}/${id}/changes`, {}, signal),
  });

export const notificationsQuery = queryOptions({
  queryKey: keys.notifications,
  queryFn: () => api.get<Notifications>("notifications", { limit: 30 }),
});

export const activityQuery = infiniteQueryOptions({
  queryKey: keys.activity,
  queryFn: ({ pageParam, signal }) => api.get<Activity>("activity", { cursor: pageParam, limit: 50 }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export const reportsQuery = queryOptions({
  queryKey: keys.reports,
  queryFn: () => api.get<ReportDescription[]>("reports"),
  staleTime: 5 * MINUTE,
});

export const reportQuery = (report: string, query: Query) =>
  queryOptions({
    queryKey: [...keys.reports, report, query],
    queryFn: ({ signal }) => api.get<ReportPage>(`reports/${report}`, query, signal),
    placeholderData: keepPreviousData,
  });

import { beforeEach, expect, it } from "vitest";
import { createQueries, keys } from "@/api/queries";
import { keepWalk, neighbours, walkSeen } from "./walk";

beforeEach(() => sessionStorage.clear());

it("knows what stands before and after a record in the list one came from", () => {
  keepWalk("thing", [5, 9, 2]);
  expect(neighbours("thing", 9)).toEqual({ before: 5, after: 2, at: 2, of: 3 });
  expect(neighbours("thing", 2)).toEqual({ before: 9, after: null, at: 3, of: 3 });
  expect(neighbours("thing", 4)).toBeNull();
  expect(neighbours("note", 9)).toBeNull();
  expect(neighbours("thing", 9, [9])).toEqual({ before: null, after: null, at: 1, of: 1 });
});

it("takes the order of the list that was seen last, page after page, and no search's", () => {
  const queries = createQueries();
  const list = keys.lists("thing");
  queries.setQueryData([...list, { sort: "a" }], { rows: [{ id: 1 }, { id: 2 }] }, { updatedAt: 1 });
  queries.setQueryData([...list, "thing", { sort: "b" }, "m"], { rows: [{ id: 1 }], next: null }, { updatedAt: 2 });
  queries.setQueryData(
    [...list, "thing", { sort: "b" }, ""],
    { rows: [{ id: 3 }, { id: 2 }], next: "m" },
    { updatedAt: 3 },
  );
  queries.setQueryData([...list, { limit: 1 }], { rows: [{ id: 2 }] }, { updatedAt: 4 });
  queries.setQueryData([...list, "search", null, "x"], { rows: [{ id: 9 }, { id: 2 }] }, { updatedAt: 5 });
  walkSeen(queries, "thing", 2);
  expect(neighbours("thing", 2)).toEqual({ before: 3, after: 1, at: 2, of: 3 });
});

/** Pages that load when they are needed, and stand at once where they were loaded ahead. */
import { type ComponentType, lazy, useState } from "react";

type Loaded = { default: ComponentType };

export interface Later {
  Page: ComponentType;
  load: () => Promise<void>;
}

/** A lazy component alone shows its fallback first, whatever is there already, and React keeps a fallback for 0.3 s. */
export function later(load: () => Promise<Loaded>): Later {
  let found: ComponentType | null = null;
  const fetched = async () => {
    const module = await load();
    found = module.default;
    return module;
  };
  const Lazy = lazy(fetched);
  function Page() {
    // What a page began as it stays.
    const [Shown] = useState<ComponentType>(() => found ?? Lazy);
    return <Shown />;
  }
  return {
    Page,
    load: async () => {
      await fetched();
    },
  };
}

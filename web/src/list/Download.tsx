/** A button that fetches a file and lets the browser keep it. */
import { DownloadOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { type api, keep } from "@/api/client";
import { useTold } from "./useTold";

interface Props {
  label: string;
  fetch: () => ReturnType<typeof api.file>;
}

export function Download({ label, fetch }: Props) {
  const told = useTold();
  const fetching = useMutation({ mutationFn: fetch, onSuccess: keep, onError: told });
  return (
    <Button
      icon={<DownloadOutlined aria-hidden="true" />}
      loading={fetching.isPending}
      onClick={() => fetching.mutate()}
    >
      {label}
    </Button>
  );
}

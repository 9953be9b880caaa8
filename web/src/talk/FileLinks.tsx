/** Files beside a record that something else names: the names lead to them. */
import { PaperClipOutlined } from "@ant-design/icons";
import { address } from "@/api/client";
import "./talk.css";

interface Props {
  form: string;
  record: number;
  files: readonly { id: number; name: string }[];
}

export function FileLinks({ form, record, files }: Props) {
  if (files.length === 0) return null;
  return (
    <ul className="file-links">
      {files.map((file) => (
        <li key={file.id}>
          <a href={address(`${form}/${record}/files/${file.id}`, {})}>
            <PaperClipOutlined aria-hidden="true" /> {file.name}
          </a>
        </li>
      ))}
    </ul>
  );
}

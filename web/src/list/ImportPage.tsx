/** Records out of a file: choose it, see what would come of it, then do it; what is wrong comes back as a file. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Skeleton, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { formQuery } from "@/api/queries";
import type { Form } from "@/api/types";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import { ImportCheck } from "./ImportCheck";
import { ImportFile } from "./ImportFile";
import { ImportRun } from "./ImportRun";
import "./list.css";
import "./import.css";

export default function ImportPage() {
  const { form: name = "" } = useParams();
  const { t } = useTranslation("list");
  const form = useQuery(formQuery(name));
  if (form.error && !form.data)
    return (
      <div className="import-page">
        <ProblemNote error={form.error} onRetry={() => void form.refetch()} />
      </div>
    );
  if (!form.data)
    return (
      <div className="import-page">
        <Skeleton active />
      </div>
    );
  if (!form.data.rights.import)
    return (
      <div className="import-page">
        <Head form={form.data} />
        <Alert type="info" showIcon title={t("import.notAllowed", { form: form.data.label })} />
      </div>
    );
  return <Wizard key={name} form={form.data} />;
}

function Head({ form }: { form: Form }) {
  const { t } = useTranslation("list");
  return (
    <header className="list-head">
      <h1>{t("import.title", { form: form.label })}</h1>
      <span className="list-space" />
      <Link to={`/${form.form}`}>{t("leaveBin")}</Link>
    </header>
  );
}

function Wizard({ form }: { form: Form }) {
  const { t } = useTranslation("list");
  const isNarrow = useNarrow();
  const [file, setFile] = useState<File | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const place = isDone ? 3 : job ? 2 : file ? 1 : 0;
  const again = () => {
    setFile(null);
    setJob(null);
    setDone(false);
  };
  return (
    <div className="import-page">
      <Head form={form} />
      <Steps
        size="small"
        current={place}
        orientation="horizontal"
        responsive={false}
        titlePlacement={isNarrow ? "vertical" : "horizontal"}
        items={["file", "check", "run", "result"].map((step) => ({ title: t(`import.step.${step}`) }))}
      />
      {!file && <ImportFile form={form} onFile={setFile} />}
      {file && !job && <ImportCheck form={form} file={file} onBack={() => setFile(null)} onStart={setJob} />}
      {file && job && (
        <ImportRun form={form} job={job} onDone={() => setDone(true)} onAgain={again} onBack={() => setJob(null)} />
      )}
    </div>
  );
}

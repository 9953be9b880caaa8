/** The door: login and password. A form of its own, because it is the first that anybody waits for. */
import { Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/look/ProblemNote";
import { useSignIn } from "./session";
import "./signin.css";

const NOTHING = { login: "", password: "" };

export function SignIn() {
  const { t, i18n } = useTranslation("shell");
  const signIn = useSignIn();
  const [given, setGiven] = useState(NOTHING);
  const [isTried, setTried] = useState(false);
  const other = i18n.language === "en" ? "zh-CN" : "en";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (given.login && given.password && !signIn.isPending) signIn.mutate(given);
  };
  const field = (name: keyof typeof NOTHING) => {
    const isMissing = isTried && given[name] === "";
    return {
      label: <label htmlFor={name}>{t(name)}</label>,
      input: {
        id: name,
        size: "large" as const,
        value: given[name],
        onChange: (event: { target: { value: string } }) => setGiven((now) => ({ ...now, [name]: event.target.value })),
        ...(isMissing && { status: "error" as const, "aria-invalid": true, "aria-describedby": `${name}-missing` }),
      },
      missing: isMissing && (
        <p id={`${name}-missing`} role="alert" className="door-missing">
          {t("common:required")}
        </p>
      ),
    };
  };
  const login = field("login");
  const password = field("password");
  return (
    <main className="door">
      <div className="door-sheet">
        <img src="/icon.svg" alt="" width={44} height={44} />
        <h1>{t("common:name")}</h1>
        <p className="soft">{t("motto")}</p>
        <form noValidate onSubmit={submit}>
          <div className="door-field">
            {login.label}
            <Input {...login.input} autoComplete="username" autoCapitalize="none" autoFocus />
            {login.missing}
          </div>
          <div className="door-field">
            {password.label}
            <Input.Password {...password.input} autoComplete="current-password" />
            {password.missing}
          </div>
          <ProblemNote error={signIn.error} />
          <Button type="primary" size="large" htmlType="submit" block loading={signIn.isPending}>
            {t("signIn")}
          </Button>
        </form>
        <Button type="link" size="small" onClick={() => void i18n.changeLanguage(other)}>
          {t("otherLanguage")}
        </Button>
      </div>
    </main>
  );
}

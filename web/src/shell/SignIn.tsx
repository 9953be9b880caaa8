/** The door: login and password. */
import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/look/ProblemNote";
import { useSignIn } from "./session";
import "./signin.css";

export function SignIn() {
  const { t, i18n } = useTranslation("shell");
  const signIn = useSignIn();
  const other = i18n.language === "en" ? "zh-CN" : "en";
  return (
    <main className="door">
      <div className="door-sheet">
        <img src="/icon.svg" alt="" width={44} height={44} />
        <h1>{t("common:name")}</h1>
        <p className="soft">{t("motto")}</p>
        <Form layout="vertical" requiredMark={false} onFinish={(given) => signIn.mutate(given)}>
          <Form.Item name="login" label={t("login")} rules={[{ required: true, message: t("common:required") }]}>
            <Input size="large" autoComplete="username" autoFocus />
          </Form.Item>
          <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("common:required") }]}>
            <Input.Password size="large" autoComplete="current-password" />
          </Form.Item>
          <ProblemNote error={signIn.error} />
          <Button type="primary" size="large" htmlType="submit" block loading={signIn.isPending}>
            {t("signIn")}
          </Button>
        </Form>
        <Button type="link" size="small" onClick={() => void i18n.changeLanguage(other)}>
          {t("otherLanguage")}
        </Button>
      </div>
    </main>
  );
}

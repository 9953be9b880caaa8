/** A camera that reads codes until it is closed, with a place to type or shoot one where there is no camera. */
import { Alert, Button, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Scanned, scanned } from "./code";
import "./scan.css";

interface Props {
  onScan: (scanned: Scanned) => void;
}

/** The same code in front of the camera is one scan until this long has passed. */
const AGAIN_MS = 1_500;
const EVERY_MS = 120;

export function Scanner({ onScan }: Props) {
  const { t } = useTranslation("scan");
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<"refused" | "none" | null>(null);
  const [typed, setTyped] = useState("");
  const latest = useRef(onScan);
  latest.current = onScan;

  useEffect(() => {
    const camera = new Camera(video.current, (code) => {
      const found = scanned(code);
      if (found) latest.current(found);
    });
    camera.open().catch((error: unknown) => {
      setProblem(error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "none");
    });
    return () => camera.close();
  }, []);

  return (
    <div className="scanner">
      {problem === null ? (
        <div className="scanner-view">
          <video ref={video} playsInline muted />
          <span className="scanner-line" aria-hidden />
        </div>
      ) : (
        <Alert type="info" showIcon title={t(problem)} />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const found = scanned(typed);
          setTyped("");
          if (found) onScan(found);
        }}
      >
        <Input
          size="large"
          value={typed}
          placeholder={t("typeCode")}
          aria-label={t("typeCode")}
          enterKeyHint="go"
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button size="large" type="primary" htmlType="submit">
          {t("take")}
        </Button>
      </form>
    </div>
  );
}

/** The camera behind the video: looked at several times a second, closed with the component. */
class Camera {
  private stream: MediaStream | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;
  private last = { code: "", at: 0 };

  constructor(
    private readonly video: HTMLVideoElement | null,
    private readonly onCode: (code: string) => void,
  ) {}

  async open(): Promise<void> {
    if (!navigator.mediaDevices) throw new DOMException("no camera", "NotFoundError");
    const [stream, { createDetector }] = await Promise.all([
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } }),
      import("./detector"),
    ]);
    this.stream = stream;
    if (this.isClosed || !this.video) return this.close();
    this.video.srcObject = stream;
    await this.video.play();
    const detector = createDetector();
    const look = async () => {
      if (this.isClosed || !this.video) return;
      // A picture that cannot be read is followed by another one.
      const found = await detector.detect(this.video).catch(() => []);
      for (const one of found) this.seen(one.rawValue);
      this.timer = setTimeout(() => void look(), EVERY_MS);
    };
    await look();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  private seen(code: string): void {
    const at = Date.now();
    const isAgain = code === this.last.code && at - this.last.at < AGAIN_MS;
    this.last = { code, at };
    if (isAgain || this.isClosed) return;
    answer(true);
    this.onCode(code);
  }
}

/** Right: a short high tone; wrong: a low one and a shake. Whoever scans looks at the goods, not at the screen. */
export function answer(isRight: boolean): void {
  navigator.vibrate?.(isRight ? 30 : [80, 60, 80]);
  try {
    const sound = new AudioContext();
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    volume.gain.value = 0.08;
    tone.frequency.value = isRight ? 1320 : 220;
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + (isRight ? 0.08 : 0.3));
    tone.onended = () => void sound.close();
  } catch {
    // A page that may not sound stays silent.
  }
}

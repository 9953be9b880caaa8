/** Reading codes from pictures: ZXing as WebAssembly, from our own server, loaded when a camera opens. */
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix"] as const;

prepareZXingModule({
  overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasm : prefix + path) },
});

export function createDetector(): { detect: (picture: ImageBitmapSource) => Promise<{ rawValue: string }[]> } {
  return new BarcodeDetector({ formats: [...FORMATS] });
}

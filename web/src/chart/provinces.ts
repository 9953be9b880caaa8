/**
 * The provinces of China as equal tiles, each about where it lies: a small place is as readable as a large one, and
 * borders are nobody's claim. Names and codes are those of GB/T 2260; the arrangement is our own.
 */

export interface Province {
  name: string;
  english: string;
  x: number;
  y: number;
}

const AT: readonly (readonly [string, string, number, number])[] = [
  ["黑龙江", "Heilongjiang", 6, 0],
  ["内蒙古", "Inner Mongolia", 3, 1],
  ["北京", "Beijing", 4, 1],
  ["辽宁", "Liaoning", 5, 1],
  ["吉林", "Jilin", 6, 1],
  ["新疆", "Xinjiang", 0, 2],
  ["甘肃", "Gansu", 1, 2],
  ["宁夏", "Ningxia", 2, 2],
  ["山西", "Shanxi", 3, 2],
  ["河北", "Hebei", 4, 2],
  ["天津", "Tianjin", 5, 2],
  ["西藏", "Tibet", 0, 3],
  ["青海", "Qinghai", 1, 3],
  ["陕西", "Shaanxi", 2, 3],
  ["河南", "Henan", 3, 3],
  ["山东", "Shandong", 4, 3],
  ["四川", "Sichuan", 1, 4],
  ["重庆", "Chongqing", 2, 4],
  ["湖北", "Hubei", 3, 4],
  ["安徽", "Anhui", 4, 4],
  ["江苏", "Jiangsu", 5, 4],
  ["上海", "Shanghai", 6, 4],
  ["云南", "Yunnan", 1, 5],
  ["贵州", "Guizhou", 2, 5],
  ["湖南", "Hunan", 3, 5],
  ["江西", "Jiangxi", 4, 5],
  ["浙江", "Zhejiang", 5, 5],
  ["广西", "Guangxi", 2, 6],
  ["广东", "Guangdong", 3, 6],
  ["福建", "Fujian", 4, 6],
  ["台湾", "Taiwan", 6, 6],
  ["海南", "Hainan", 2, 7],
  ["澳门", "Macao", 3, 7],
  ["香港", "Hong Kong", 4, 7],
];

export const PROVINCES: readonly Province[] = AT.map(([name, english, x, y]) => ({ name, english, x, y }));

/** The province that a text means: `广西壮族自治区`, `广西` and `Guangxi` are one; what begins otherwise is none. */
export function provinceOf(text: string): Province | null {
  const asked = text.trim();
  const lower = asked.toLowerCase();
  return PROVINCES.find((one) => asked.startsWith(one.name) || lower.startsWith(one.english.toLowerCase())) ?? null;
}

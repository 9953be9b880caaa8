"""The child process that sets pages: limits itself, then compiles one folder with Typst and nothing else."""

import resource
import sys
from pathlib import Path

import typst

#: Said to the parent by exit codes; what the compiler says stands on standard error.
REFUSED = 3


def main(folder: str, fonts: str, cpu_seconds: str, memory_bytes: str) -> int:
    """Compile `sheet.typ` of a folder to `sheet.pdf`. Nothing outside of the folder can be read by it."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    root = Path(folder)
    try:
        typst.compile(
            str(root / "sheet.typ"),
            output=str(root / "sheet.pdf"),
            root=str(root),
            font_paths=[fonts],
            ignore_system_fonts=True,
            package_path=str(root / "packages"),
            package_cache_path=str(root / "packages"),
            pdf_tags=False,
        )
    except (typst.TypstError, MemoryError) as error:
        sys.stderr.write(str(error))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))

"""An uploaded file with its options, read from a multipart request."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from onebook.engines.process.importing.request import ImportRequest
from onebook.entrypoints.http.addresses import FormName
from onebook.entrypoints.http.body import causes, parsed
from onebook.entrypoints.http.refusals import BadParameter, NoFile
from onebook.entrypoints.http.shapes import Shape

OPTIONS_LIMIT = 256 * 1024


class ImportOptions(Shape):
    """How a file is to be taken; what is left out, the product finds out itself."""

    mapping: dict[str, str | None] = Field(default_factory=dict)
    key: list[str] | None = None
    create_missing: list[str] = Field(default_factory=list)
    skip_wrong: bool = False
    then: str | None = Field(default=None, max_length=64)
    one_by_one: bool = False
    sheet: str = Field(default="", max_length=200)

    def request(self, form: str, content: bytes) -> ImportRequest:
        """The import of this file into a form."""
        return ImportRequest(
            form=form,
            content=content,
            mapping=self.mapping,
            key=None if self.key is None else tuple(self.key),
            create_missing=frozenset(self.create_missing),
            skip_wrong=self.skip_wrong,
            then=self.then,
            one_by_one=self.one_by_one,
            sheet=self.sheet,
        )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and how it is to be taken. Its name is shown, never used."""

    content: bytes
    options: ImportOptions


async def upload_of(request: Request) -> Upload:
    """Parts `file` and `options` (JSON, may be missing). Raises NoFile, BadParameter."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NoFile
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=OPTIONS_LIMIT) as parts:
            file, options = parts.get("file"), parts.get("options")
            content = await file.read() if isinstance(file, UploadFile) else None
            said = options if isinstance(options, str) else ""
    except MultiPartException as error:
        raise BadParameter(reason=error.message) from None
    if not content:
        raise NoFile
    return Upload(content, _options(said))


def _options(text: str) -> ImportOptions:
    value: Any = parsed(text.encode("utf-8", "replace"), depth_limit=8) if text.strip() else {}
    try:
        return ImportOptions.model_validate(value)
    except ValidationError as error:
        raise BadParameter(causes(error.errors()), reason="options") from None


async def import_request(form: FormName, upload: Annotated[Upload, Depends(upload_of)]) -> ImportRequest:
    """The import that a request asks for."""
    return upload.options.request(form, upload.content)


ImportQuestion = Annotated[ImportRequest, Depends(import_request)]

"""The pages of an evidence pack that people read: `index.html` and `DOC-TOI-TRUOC.txt`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.checkpoints import VerifierKey
from domain.people import ROLE_NAMES
from services.evidence import Prepared
from services.evidence_program import program
from services.evidence_statement import Statement, moment
from services.people import Ward

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).with_name("templates")
PIECES = 200  # of a rendered page that are encoded together

_READ_ME = """HỒ SƠ KIỂM CHỨNG – {ward}
Phạm vi: {scope}. Lập lúc {at}.

Bấm đúp index.html để đọc. Trang không cần mạng, in được trên khổ A4.

KIỂM TRA HỒ SƠ, KHÔNG CẦN MẠNG (máy có Python 3.11 trở lên, Windows, macOS hay Linux)
  1. Giải nén verify.py ra một thư mục (hoặc dùng verify.py đã có từ trước).
  2. Mở cửa sổ dòng lệnh ở thư mục đó, gõ:
         python verify.py HO-SO.zip
  3. Nếu đã giữ một điểm chốt cũ (tệp .txt, hoặc chép từ cuối thư nhắc việc ra tệp .txt):
         python verify.py HO-SO.zip --checkpoint DIEM-CHOT-CU.txt
     Lệnh này chứng tỏ nhật ký chỉ được ghi thêm kể từ điểm chốt đó.
  4. So dấu vân tay của khoá mà chương trình in ra với dấu vân tay phường đã công bố ở nơi khác (hoặc thêm
     --keys KHOA.txt): ai cũng làm được một hồ sơ giả tự khớp với chính nó, ký bằng khoá của họ.
  5. Muốn đọc diễn biến mà không phải tin trang index.html: thêm --read, chương trình in ra từ các sự kiện.

  6. Không muốn dùng chương trình nào của chúng tôi: mở MUOI-PHUT.html, tự làm bằng vài dòng và OpenSSL.

Dòng cuối cùng là kết luận. “Không phát hiện sửa đổi” nghĩa là mọi sự kiện, tài liệu và số liệu nêu ra
đều đúng như lúc đã ký. Chỗ nào sai, chương trình nêu vị trí trong nhật ký hoặc tên tệp.

TRONG HỒ SƠ
  index.html        bản đọc
  MUOI-PHUT.html    cách tự kiểm tra hồ sơ trong mười phút mà không cần chương trình của chúng tôi
  events.jsonl      các sự kiện của nhật ký, nguyên văn như đã băm (RFC 8785), mỗi dòng một sự kiện
  proofs.json       chứng minh từng sự kiện thuộc nhật ký (RFC 6962)
  checkpoint.txt    điểm chốt đã ký (C2SP tlog-checkpoint); keys.txt là khoá công khai
  checkpoints.json  các điểm chốt trước đó và chứng minh nối tiếp
  leaves.bin        mã băm của toàn bộ sự kiện (nếu có), để đối chiếu với điểm chốt cũ bất kỳ
  statements.json   các lần nộp nêu trong bản đọc, cho máy đối chiếu với events.jsonl
  tai-lieu/         các tài liệu đã nộp
  dau-thoi-gian/    dấu thời gian RFC 3161 của các điểm chốt (nếu có); kiểm chữ ký của nơi cấp:
                    openssl ts -verify -data TỆP.txt -in TỆP.tsr -CAfile CHUNG-THU-GOC.pem
  manifest.json     danh mục tệp với SHA-256; manifest.sig là chữ ký trên danh mục
  verify.py         chương trình kiểm tra; SHA-256: {program}

Nhật ký không chứa tên người; người thực hiện được ghi bằng vai trò và số tài khoản.
"""


def read_me(ward: Ward, prepared: Prepared) -> str:
    """Return what somebody reads first, with Windows line ends."""
    text = _READ_ME.format(
        ward=ward.name,
        scope=prepared.scope.in_words(),
        at=moment(prepared.at),
        program=sha256(program().encode()).hexdigest(),
    )
    return "\ufeff" + text.replace("\n", "\r\n")


def index_page(
    told: Statement, documents: Mapping[str, str], key: VerifierKey, stamped: Sequence[Any] = ()
) -> Iterator[bytes]:
    """Yield the page piece by piece; `documents` are the files that the pack holds, by digest.

    `stamped` are the timestamps in it, rows of `models.stamps`.
    """
    pieces: list[str] = []
    for piece in template("evidence.html.j2").generate(
        told=told,
        ward=told.ward,
        documents=documents,
        key=key,
        stamped=stamped,
        moment=moment,
        roles={role.value: name for role, name in ROLE_NAMES.items()},
        totals=lambda: sorted(told.counts.items(), key=lambda each: -each[1]),
    ):
        pieces.append(piece)
        if len(pieces) >= PIECES:
            yield "".join(pieces).encode()
            pieces.clear()
    yield "".join(pieces).encode()


@cache
def template(name: str) -> Template:
    """Return a template of a pack's pages; what is put into it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)

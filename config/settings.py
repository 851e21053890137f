"""The installation's settings, typed and frozen."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.hosts import WILDCARDS

PROJECT = Path(__file__).resolve().parents[1]
_SECRET_OPTION = re.compile(r"\b((?:ssl)?pass(?:word|wd)?=|pwd=|token=|secret=|key=)[^&\s]*", re.IGNORECASE)


class Settings(BaseSettings):
    """Read from `CCHC_*` variables, then from `.env` in the working folder."""

    model_config = SettingsConfigDict(
        env_prefix="CCHC_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data: Path = Field(PROJECT / "data", description="Thư mục dữ liệu")
    database_url: SecretStr | None = Field(None, description="PostgreSQL riêng; bỏ trống: dùng bản đi kèm")
    owner_database_url: SecretStr | None = Field(
        None, description="Tài khoản sở hữu lược đồ, chỉ dùng khi nâng cấp; bỏ trống: như trên"
    )
    mail_url: SecretStr | None = Field(None, description="URL thư điện tử của Apprise, không có người nhận")
    mail_per_minute: int | None = Field(
        None, gt=0, description="Số thư nhiều nhất mỗi phút; bỏ trống: không hạn chế"
    )
    key: SecretStr | None = Field(
        None, description="Khoá của cài đặt (base64, 32 byte); bỏ trống: lấy trong tệp"
    )
    key_file: Path | None = Field(
        None, description="Tệp giữ khoá; bỏ trống: keys/installation.key trong thư mục dữ liệu"
    )
    checkpoint_dir: Path | None = Field(
        None, description="Thư mục trên ổ đĩa khác để lưu điểm chốt của nhật ký; bỏ trống: không lưu riêng"
    )
    checkpoint_mail: str | None = Field(
        None, description="Địa chỉ thư ngoài cơ quan nhận điểm chốt hằng ngày; bỏ trống: không gửi"
    )
    tsa_url: SecretStr | None = Field(
        None, description="Địa chỉ nơi cấp dấu thời gian RFC 3161 cho điểm chốt; bỏ trống: không lấy"
    )
    tsa_roots: Path | None = Field(
        None, description="Tệp chứng thư gốc (PEM) của nơi cấp dấu thời gian; bỏ trống: không kiểm chữ ký"
    )
    backup_dir: Path | None = Field(
        None, description="Thư mục sao lưu hằng ngày, nên ở ổ đĩa khác; bỏ trống: không tự sao lưu"
    )
    keys_passphrase: SecretStr | None = Field(
        None, description="Mật khẩu của tệp khoá khi sao lưu, khôi phục; bỏ trống: hỏi trên màn hình"
    )
    traces_keep: int = Field(
        90,
        ge=1,
        le=3650,
        description="Sau bao nhiêu ngày thì quên trình duyệt đã dùng, nội dung webhook",
    )
    backup_keep: int = Field(30, ge=1, le=3650, description="Giữ các bản sao lưu hằng ngày bao nhiêu ngày")
    zalo_app_id: str | None = Field(None, description="Mã ứng dụng Zalo")
    zalo_app_secret: SecretStr | None = Field(None, description="Khoá bí mật của ứng dụng Zalo")
    zalo_oa_id: str | None = Field(None, description="Mã Zalo OA")
    zalo_oa_secret: SecretStr | None = Field(None, description="Khoá bí mật của OA để kiểm chữ ký webhook")
    zalo_secret_proof: bool = Field(False, description="Ứng dụng bật appsecret_proof")
    zalo_template: str | None = Field(None, description="Mã mẫu tin ZBS đã duyệt cho thư nhắc")
    zalo_templates: Path | None = Field(
        None, description="Tệp tham số của mẫu tin ZBS; bỏ trống: theo mẫu trong tài liệu vận hành"
    )
    zalo_errors: Path | None = Field(None, description="Tệp sửa, bổ sung bảng mã lỗi Zalo")
    zalo_development: bool = Field(
        False, description="Gửi thử mẫu tin ZBS: chỉ tới quản trị viên của ứng dụng"
    )
    zalo_bot_token: SecretStr | None = Field(None, description="Mã truy cập của Zalo Bot")
    zalo_bot_secret: SecretStr | None = Field(None, description="Mã kiểm tra webhook của Zalo Bot")
    zalo_oauth_url: str = Field("https://oauth.zaloapp.com", description="Địa chỉ cấp quyền của Zalo")
    zalo_oa_url: str = Field("https://openapi.zalo.me", description="Địa chỉ API Zalo OA")
    zalo_zbs_url: str = Field("https://business.openapi.zalo.me", description="Địa chỉ API mẫu tin ZBS")
    zalo_bot_url: str = Field("https://bot-api.zaloplatforms.com", description="Địa chỉ API Zalo Bot")
    host: str = Field("127.0.0.1", description="Địa chỉ trang web")
    port: int = Field(8000, description="Cổng trang web")
    prefect_port: int | None = Field(None, description="Cổng Prefect; bỏ trống: 4200 hoặc cổng trống khác")
    base_url: str | None = Field(None, description="Địa chỉ trang web ghi trong thư")
    session_idle: timedelta = Field(
        timedelta(hours=8), gt=timedelta(0), description="Không dùng lâu hơn thế thì phải đăng nhập lại"
    )
    session_longest: timedelta = Field(
        timedelta(hours=12), gt=timedelta(0), description="Một lần đăng nhập kéo dài nhiều nhất"
    )
    oidc_issuer: str | None = Field(None, description="Địa chỉ máy chủ đăng nhập một lần (OpenID Connect)")
    oidc_client_id: str | None = Field(None, description="Mã ứng dụng ở máy chủ đăng nhập một lần")
    oidc_client_secret: SecretStr | None = Field(None, description="Khoá bí mật của ứng dụng ở máy chủ đó")
    oidc_claim: str = Field(
        "email", description="Thông tin trong thẻ đăng nhập chứa địa chỉ thư của tài khoản"
    )
    ward: str | None = Field(None, description="Mã phường, khi cài đặt phục vụ nhiều phường")
    timezone: ZoneInfo = Field(ZoneInfo("Asia/Ho_Chi_Minh"), description="Múi giờ")

    @cached_property
    def link_base(self) -> str:
        """The address that links in messages start with, without a closing slash."""
        host = "127.0.0.1" if self.host in WILDCARDS else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")


def load_settings() -> Settings:
    """Read the settings now; call it at the edge only.

    Raises:
        pydantic.ValidationError: a variable has a value of the wrong type.
    """
    return Settings()


def masked(value: object) -> str:
    """Return `value` as text without its secret: of a URL the password goes, of any other secret all."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if isinstance(value, SecretStr) and "://" not in text:
        return "***"
    address, mark, options = text.partition("?")
    address = re.sub(r"(://[^:@\s]*):.*@", r"\1:***@", address)
    return address + mark + _SECRET_OPTION.sub(r"\1***", options)

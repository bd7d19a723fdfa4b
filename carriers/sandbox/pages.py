"""The five stand-in sites' pages, as bytes: form page, answer page, and the pages of their faults.

Written from `docs/carriers.md` alone and by hand, apart from the adapters that read them. The
sites' own words are in Japanese, as there; every page says that it is a stand-in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from carriers.sandbox.script import Sign

NOTE = "これは練習用の見本サイトです。実在の通信事業者のページではありません。"

DOCOMO_WORDS = {
    Sign.CIRCLE: "ネットワーク利用制限の対象外です。",
    Sign.TRIANGLE: "利用できますが、代金債務の不履行等により利用制限となる可能性があります。",
    Sign.CROSS: "利用制限中です。",
    Sign.DASH: "IMEI（製造番号）が確認できません。",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One stand-in site: its paths, the field that carries the IMEI, and its pages.

    `form(token)` and `answer(imei, sign)` give the HTML; `charset` names the bytes in the header
    and `codec` encodes them (Japanese sites say Shift_JIS and mean cp932).
    """

    name: str
    entry: tuple[str, ...]
    submit: str
    field: str
    form: Callable[[str], str]
    answer: Callable[[str, Sign], str]
    changed: Callable[[str, Sign], str]
    charset: str = "UTF-8"
    codec: str = "utf-8"
    needs: tuple[str, ...] = ()

    def encode(self, html: str) -> bytes:
        """Return the page's bytes in the site's character set."""
        return html.encode(self.codec)


def _document(title: str, body: str, charset: str = "UTF-8") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="{charset}">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n<p><small>{NOTE}</small></p>\n"
        f"{body}\n</body>\n</html>\n"
    )


def _docomo_form(token: str) -> str:
    return _document(
        "ネットワーク利用制限携帯電話機確認サイト",
        '<div class="terms"><p>ご利用にあたっての注意事項</p></div>\n'
        '<form method="post" action="search.php">\n'
        '製造番号（IMEI） <input type="text" name="productno" maxlength="15">\n'
        '<input type="submit" class="btn1" value="確認">\n</form>',
        "Shift_JIS",
    )


def _docomo_answer(imei: str, sign: Sign) -> str:
    glyph = {Sign.CIRCLE: "◯", Sign.TRIANGLE: "△", Sign.CROSS: "×", Sign.DASH: "-"}[sign]
    style = "width:250px; display:inline-block; font-size: 3em; padding: 4px;"
    legend = "".join(
        f"<tr><td>{mark}</td><td>{DOCOMO_WORDS[key]}</td></tr>"
        for mark, key in zip("◯△×-", Sign, strict=True)
    )
    return _document(
        "確認結果",
        f'<h1>確認結果</h1>\n<div class="result-panel">{imei}</div>\n'
        f'<div class="result-panel"><span style="{style}">{glyph}</span></div>\n'
        '<div class="result-panel">2026年11月23日</div>\n'
        f'<h2>表示の意味</h2>\n<table class="legend">{legend}</table>',
        "Shift_JIS",
    )


def _docomo_changed(imei: str, sign: Sign) -> str:
    return _docomo_answer(imei, sign).replace("result-panel", "kekka")


def _kddi_form(token: str) -> str:
    return _document(
        "ネットワーク利用制限確認",
        '<form name="nextForm" method="post" action="/cmn/WCV009001/WCE009002.hc">\n'
        f'<input type="hidden" name="token" value="{token}">\n'
        '<input type="text" id="imei" name="imei" maxlength="15">\n'
        '<button type="submit" class="btnPrimary">次へ</button>\n</form>',
    )


def _kddi_answer(imei: str, sign: Sign) -> str:
    glyph = {Sign.CIRCLE: "〇", Sign.TRIANGLE: "△", Sign.CROSS: "×", Sign.DASH: "－"}[sign]
    words = {
        Sign.CIRCLE: "この端末はご利用になれます（見本）",
        Sign.TRIANGLE: "この端末は後日、制限されることがあります（見本）",
        Sign.CROSS: "この端末は制限されています（見本）",
        Sign.DASH: "この端末の情報はありません（見本）",
    }[sign]
    return _document(
        "確認結果",
        '<ul class="list">\n<li class="list_item"><div class="list_heading">IMEI番号</div>'
        f'<div class="list_details">{imei}</div></li>\n'
        '<li class="list_item"><div class="list_heading">ネットワーク利用制限の状態</div>'
        f'<div class="list_details">{glyph}<br>{words}</div></li>\n</ul>\n'
        "<dl><dt>表示について</dt><dd>〇 △ × － の4種類があります。</dd></dl>",
    )


def _kddi_changed(imei: str, sign: Sign) -> str:
    return _kddi_answer(imei, sign).replace("list_heading", "c-row__head")


def _softbank_form(token: str) -> str:
    return _document(
        "ネットワーク利用制限携帯電話機の確認",
        '<form action="/WBF/icv?lbk=14" method="post">\n'
        '<input type="hidden" name="_PageID" value="WBF001000">\n'
        '<input type="hidden" name="_DataStoreID" value="DSWBF100Control">\n'
        '<input type="hidden" name="_ControlID" value="WBF100Control">\n'
        '<input type="hidden" name="_ActionID" value="TE001">\n'
        '<input type="text" name="imei" size="20">\n'
        '<input type="submit" name="ACT_TE001" value=" 確 認 ">\n</form>',
        "Shift_JIS",
    )


def _softbank_answer(imei: str, sign: Sign) -> str:
    glyph = {Sign.CIRCLE: "○", Sign.TRIANGLE: "▲", Sign.CROSS: "×", Sign.DASH: "－"}[sign]
    return _document(
        "確認結果",
        '<div>\n<table width="600"><tr><td>○ 利用できます ▲ 利用できますが、代金債務の不履行等'
        "により利用制限となる可能性があります × 制限 － 確認できず</td></tr></table>\n"
        f'<table width="600"><tr><td>製造番号 {imei}</td></tr>\n'
        f'<tr><td align="center"><font size="8" color="#666666">{glyph}</font></td></tr>\n'
        "</table>\n</div>",
        "Shift_JIS",
    )


def _softbank_changed(imei: str, sign: Sign) -> str:
    return _softbank_answer(imei, sign).replace('<font size="8" color="#666666">', "<font>")


def _rakuten_page(result: str, token: str) -> str:
    return _document(
        "ネットワーク利用制限の確認",
        '<form method="post" action="/restriction/">\n'
        '<input type="text" id="imei" name="imei" maxlength="15">\n'
        f'<button id="search" class="is-disabled" data-key="{token}">確認する</button>\n</form>\n'
        f'<div id="search-result">{result}</div>\n'
        "<p>○ △ × - の表示については、よくあるご質問をご覧ください。</p>",
    )


def _rakuten_form(token: str) -> str:
    return _rakuten_page("", token)


def _rakuten_answer(imei: str, sign: Sign) -> str:
    glyph = {Sign.CIRCLE: "⚪\ufe0e", Sign.TRIANGLE: "△", Sign.CROSS: "×", Sign.DASH: "-"}[sign]
    return _rakuten_page(
        f"<ul><li><dl><dt>IMEI</dt><dd>{imei}</dd></dl></li>"
        f"<li><dl><dt>判定</dt><dd>{glyph}</dd></dl></li></ul>",
        "",
    )


def _rakuten_changed(imei: str, sign: Sign) -> str:
    return _rakuten_page("<p>判定結果を表示しました。</p>", "")


def _mineo_form(token: str) -> str:
    return _document(
        "ネットワーク利用制限確認",
        '<form method="post" action="/info/GNS010101GNS010101_Check.action">\n'
        f'<input type="hidden" name="struts.token" value="{token}">\n'
        '<input type="text" id="GNS010101GNS010101_Init_imei" name="imei">\n'
        '<input type="submit" value="確認する">\n</form>',
    )


def _mineo_answer(imei: str, sign: Sign) -> str:
    glyph = {Sign.CIRCLE: "○", Sign.TRIANGLE: "△", Sign.CROSS: "×", Sign.DASH: "－"}[sign]
    return _document(
        "確認結果",
        f'<table class="table_basic01">\n<tr><th>IMEI</th><td>{imei}</td></tr>\n'
        f"<tr><th>利用制限の状態</th><td>{glyph}</td></tr>\n</table>\n"
        "<ul><li>○</li><li>△</li><li>×</li><li>－</li></ul>",
    )


def _mineo_changed(imei: str, sign: Sign) -> str:
    return _mineo_answer(imei, sign).replace("状態", "結果")


def maintenance_page(charset: str = "UTF-8") -> str:
    """Return a maintenance page (served with HTTP 200). Its words are ours: none are known."""
    return _document("お知らせ", "<h1>メンテナンス中です（見本）</h1>\n<p>○ △ × －</p>", charset)


def error_page(status: int, charset: str = "UTF-8") -> str:
    """Return the page that goes with an HTTP error."""
    return _document("エラー", f"<h1>エラー {status}（見本）</h1>", charset)


SITE_LIST: tuple[Site, ...] = (
    Site(
        "docomo",
        ("/top.php", "/search.php"),
        "/search.php",
        "productno",
        _docomo_form,
        _docomo_answer,
        _docomo_changed,
        charset="Shift_JIS",
        codec="cp932",
    ),
    Site(
        "kddi",
        ("/cmn/WCV009001/WCE009001.hc",),
        "/cmn/WCV009001/WCE009002.hc",
        "imei",
        _kddi_form,
        _kddi_answer,
        _kddi_changed,
        needs=("token",),
    ),
    Site(
        "softbank",
        ("/WBF/icv",),
        "/WBF/icv",
        "imei",
        _softbank_form,
        _softbank_answer,
        _softbank_changed,
        charset="Shift_JIS",
        codec="cp932",
        needs=("_PageID", "_DataStoreID", "_ControlID", "_ActionID", "ACT_TE001"),
    ),
    Site(
        "rakuten",
        ("/restriction/",),
        "/restriction/",
        "imei",
        _rakuten_form,
        _rakuten_answer,
        _rakuten_changed,
    ),
    Site(
        "mineo",
        ("/info/GNS010101GNS010101_Init.action",),
        "/info/GNS010101GNS010101_Check.action",
        "imei",
        _mineo_form,
        _mineo_answer,
        _mineo_changed,
        needs=("struts.token",),
    ),
)

ENTRIES: Mapping[str, Site] = {path: site for site in SITE_LIST for path in site.entry}
"""The site whose form page a GET of this path shows; no path belongs to two sites."""

SUBMITS: Mapping[str, Site] = {site.submit: site for site in SITE_LIST}
"""The site that a POST to this path asks."""

"""Photos are encoded anew or refused; each shows only what they let be shown, where they let it be shown."""

import io
import struct
import zlib

import pytest
from django.urls import reverse
from PIL import Image

from cheiron.actions.profiles import Shown, save_profile
from cheiron.core.errors import Invalid, NotFound
from cheiron.gateways.pictures import MOST_BYTES, portrait
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, Member
from cheiron.models.profiles import SHOWN, Photo
from cheiron.models.programs import IntakeSheet
from cheiron.queries.profiles import DIRECTORY, PAIR, Face, faces_of, photo_for
from tests.cast import FIRST_MENTEES, NOW, SECRETS, fingerprint, import_list, photo_file, roster

# ---------- the picture itself ----------


def made(kind: str = "JPEG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **more) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "red" if mode != "CMYK" else 0).save(file, kind, **more)
    return file.getvalue()


def read(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize(
    "content",
    [made(), made("PNG"), made("WEBP"), made("PNG", mode="RGBA"), made("PNG", mode="P"), made("PNG", mode="1"),
     made("JPEG", mode="CMYK"), made("JPEG", mode="L"), made("JPEG", size=(64, 4000))],
)  # fmt: skip
def test_a_photo_becomes_a_square_of_512_pixels(content):
    picture = read(portrait(content))
    assert (picture.format, picture.size, picture.mode) == ("WEBP", (512, 512), "RGB")


def test_place_time_camera_and_comments_are_gone():
    exif = Image.Exif()
    exif[0x010F] = "camera-secret"
    exif[0x9286] = "comment-secret"
    exif.get_ifd(0x8825)[1] = "N"
    content = made(exif=exif, comment=b"jpeg-secret", icc_profile=b"profile-secret" * 20)
    assert all(word in content for word in (b"camera-secret", b"jpeg-secret", b"profile-secret"))
    picture = read(portrait(content))
    assert (dict(picture.getexif()), {"exif", "icc_profile", "xmp", "comment"} & set(picture.info)) == ({}, set())
    assert b"secret" not in portrait(content)


def test_a_photo_that_lies_on_its_side_is_set_upright():
    photo = Image.new("RGB", (400, 200), "blue")
    photo.paste("red", (0, 0, 200, 200))
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6  # turn right to look at it
    photo.save(file, "PNG", exif=exif)
    red, _green, blue = read(portrait(file.getvalue())).getpixel((256, 20))
    assert red > 200 > blue


def test_what_is_hidden_behind_a_photo_is_gone():
    """A file that is a photo to one reader and a page or an archive to another."""
    hidden = b"<script>alert(1)</script>PK\x03\x04hidden-secret"
    bare = portrait(made() + hidden)
    assert read(bare).size == (512, 512)
    assert b"script" not in bare
    assert b"hidden-secret" not in bare


def test_of_a_moving_picture_the_first_frame_is_kept():
    frames = [Image.new("RGB", (100, 100), color) for color in ("red", "blue", "green")]
    for kind in ("WEBP", "PNG"):
        file = io.BytesIO()
        frames[0].save(file, kind, save_all=True, append_images=frames[1:])
        picture = read(portrait(file.getvalue()))
        assert getattr(picture, "n_frames", 1) == 1
        assert picture.getpixel((5, 5))[0] > 200


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


REFUSED = {
    "nothing": b"",
    "text": b"I am no picture",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><script>alert(1)</script></svg>',
    "moving GIF": made("GIF"),
    "TIFF": made("TIFF"),
    "BMP": made("BMP"),
    "PDF": b"%PDF-1.7\n",
    "half a JPEG": made(size=(900, 900), quality=95)[:3000],
    "half a PNG": made("PNG")[:-60],
    "half a WebP": made("WEBP", lossless=True)[:-20],
    "head of a JPEG": b"\xff\xd8\xff\xe0",
    "bomb": bomb(60_000, 60_000),
    "large": bomb(8000, 6000),
    "tiny": made(size=(63, 200)),
    "no pixels": bomb(0, 0),
    "heavy": made() + b"\0" * MOST_BYTES,
}


@pytest.mark.parametrize("kind", REFUSED)
def test_anything_else_is_refused_with_a_sentence_that_says_what_to_do(kind):
    with pytest.raises(Invalid) as refused:
        portrait(REFUSED[kind])
    (issue,) = refused.value.issues
    assert (issue.column, bool(str(issue.problem)), bool(str(issue.remedy))) == ("photo", True, True)


def test_a_photo_with_a_flipped_byte_is_either_read_or_refused():
    content, tried = made("PNG", size=(80, 80)), 0
    for at in range(0, len(content), 3):
        broken = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        try:
            assert read(portrait(broken)).size == (512, 512)
        except Invalid:
            tried += 1
    assert tried > 5


# ---------- who sees what ----------


def keep(cast, who: str, **more) -> Member:
    member = Member.objects.get(person=cast.persons[who])
    given = {"name": member.name, "pronouns": "", "in_directory": SHOWN, "to_pair": SHOWN, **more}
    save_profile(actor=cast.actor(who), member_id=member.id, shown=Shown(**given), now=NOW)
    return Member.objects.get(pk=member.id)


def photo_of(who: str, cast) -> str:
    return Photo.objects.get(member__person=cast.persons[who]).id


def test_each_switch_hides_one_thing_at_one_place(cast):
    part = cast.parts["M-1"]
    photo = photo_of("mentor", cast)
    whole = Face(photo, SECRETS["pronouns"], "Professor", SECRETS["mentor about"])
    assert (faces_of([part], PAIR), faces_of([part], DIRECTORY)) == ({part: whole}, {part: whole})
    keep(cast, "mentor", pronouns="she/her", in_directory=["title"], to_pair=["pronouns", "about"])
    assert faces_of([part], DIRECTORY) == {part: Face(title="Professor")}
    assert faces_of([part], PAIR) == {part: Face(pronouns="she/her", about=SECRETS["mentor about"])}


def test_who_has_no_profile_shows_what_the_list_says(cast):
    part = cast.parts["M-2"]
    assert faces_of([part], DIRECTORY) == {part: Face(title="Professor")}


@pytest.mark.parametrize(
    ("hidden", "seen_by"),
    [
        ({}, {"mentor", "mentee", "other_mentee", "coordinator"}),
        ({"to_pair": []}, {"mentor", "mentee", "other_mentee", "coordinator"}),
        ({"in_directory": []}, {"mentor", "mentee"}),
        ({"in_directory": [], "to_pair": []}, {"mentor"}),
    ],
)
def test_a_photo_opens_for_those_whom_its_owner_shows_it_to(hidden, seen_by, cast):
    keep(cast, "mentor", **hidden)
    photo, found = photo_of("mentor", cast), set()
    for who in (
        "anonymous",
        "stranger",
        "mentee",
        "mentor",
        "other_mentee",
        "other_mentor",
        "coordinator",
        "evaluator",
    ):
        try:
            photo_for(cast.actor(who), photo)
            found.add(who)
        except NotFound:
            pass
    assert found == seen_by


def test_a_photo_closes_with_the_pair_and_with_the_listing(cast):
    photo = photo_of("mentor", cast)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-1"]).update(listed=False)
    assert photo_for(cast.actor("mentee"), photo).id == photo
    Mentorship.objects.filter(pk=cast.mentorship).update(state="ended", ended_at=NOW)
    with pytest.raises(NotFound):
        photo_for(cast.actor("mentee"), photo)


def test_a_new_photo_has_a_new_address_and_the_old_one_is_gone(cast):
    old = photo_of("mentor", cast)
    keep(cast, "mentor", photo=photo_file())
    assert (photo_of("mentor", cast) != old, Photo.objects.filter(pk=old).exists()) == (True, False)
    keep(cast, "mentor", without_photo=True)
    assert Photo.objects.count() == 0


def test_a_photo_that_is_refused_leaves_everything_as_it_was(cast):
    before = fingerprint()
    with pytest.raises(Invalid):
        keep(cast, "mentor", name="Other", photo=b"nothing")
    assert fingerprint() == before


# ---------- the name that one goes by ----------


def test_others_see_the_name_one_goes_by_and_an_empty_one_gives_the_lists_back(cast, as_):
    member = keep(cast, "mentee", name="  Min   Okafor ")
    assert (member.name, member.list_name) == ("Min Okafor", "Mina Okafor")
    assert "Min Okafor" in as_("mentor").get(reverse("home")).content.decode()
    assert (keep(cast, "mentee", name="").name, keep(cast, "mentee", name="").list_name) == ("Mina Okafor", "")


def test_the_next_list_changes_the_lists_name_only(cast):
    keep(cast, "mentee", name="Min")
    import_list(cast, "mentee", roster({**FIRST_MENTEES[0], "Name": "Mina Okafor-Ray"}), NOW)
    member = Member.objects.get(person=cast.persons["mentee"])
    assert (member.name, member.list_name) == ("Min", "Mina Okafor-Ray")


def test_a_name_that_cannot_be_shown_is_refused(cast):
    before = fingerprint()
    with pytest.raises(Invalid):
        keep(cast, "mentee", name="Mi\u202ena")
    assert fingerprint() == before


# ---------- the pages ----------


def test_the_page_keeps_what_was_typed_where_a_photo_is_refused(cast, as_):
    client, url = as_("mentee"), reverse("profile", args=[cast.profile])
    file = io.BytesIO(b"<svg/>")
    file.name = "me.svg"
    page = client.post(url, {"name": "Min", "pronouns": "they/them", "photo": file, "to_pair": ["title"]})
    form = page.context["form"]
    assert (form["name"].value(), form["pronouns"].value(), list(form.errors)) == ("Min", "they/them", ["photo"])
    file = io.BytesIO(photo_file())
    file.name = "me.jpg"
    done = client.post(url, {"name": "Min", "pronouns": "they/them", "photo": file, "to_pair": ["photo"]})
    assert done["Location"] == url
    photo = photo_of("mentee", cast)
    answer = as_("mentor").get(reverse("photo", args=[photo]))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"], answer["Cache-Control"]) == (
        "image/webp", "nosniff", "private, max-age=600",
    )  # fmt: skip
    shown = as_("mentor").get(reverse("mentorship", args=[cast.mentorship])).content.decode()
    assert f'src="/photos/{photo}/" alt="Photo of Min"' in shown
    assert "they/them" not in shown


def test_a_mentee_is_not_asked_about_the_directory(cast, as_):
    fields = as_("mentee").get(reverse("profile", args=[cast.profile])).context["form"].fields
    assert ("in_directory" in fields, "without_photo" in fields) == (False, False)
    mentor = Enrollment.objects.get(pk=cast.parts["M-1"]).member_id
    fields = as_("mentor").get(reverse("profile", args=[mentor])).context["form"].fields
    assert ("in_directory" in fields, "without_photo" in fields) == (True, True)

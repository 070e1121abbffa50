"""Lists of invented people, as a registrar would hand them over."""

MENTORS = """\
Staff number,Full name,Email,Rank,Seats,Research interests,Specialty,Goals,Roles,Campus,Gender,Remarks
S-1,Dr. Odalys Brandt,odalys.brandt@{school},Associate Professor,2,Airway surgery; Sepsis,Pediatrics,A first research project,Coach; Sponsor,Larch,Woman,A woman of few words
S-2,Dr. Tomasz Ellery,tomasz.ellery@{school},Professor,2,Global health; Teaching,Internal medicine,Choose a specialty,Advisor,Sound,Man,A man in a hurry
S-3,"Dr. Ngaio Sebright, MD",ngaio.sebright@{school},Professor,1,Sepsis,Neurology,Study and exams,Coach,Larch,Woman,The only woman of her unit
S-4,Dr. Wren Achterberg,wren.achterberg@{school},Assistant Professor,1,Teaching; Palliative care,Pediatrics,Write and publish,Advisor; Coach,Sound,Nonbinary,Nonbinary and proud
"""

MENTEES = """\
Student number,Full name,Email,Title,Topics,Specialty,Goals,Roles,Campus,Wishes,Ethnicity
E-1,Corisande Vey,corisande.vey@{school},Year 2,Airway surgery,Pediatrics,A first research project,Coach,Larch,S-1; S-3,White
E-2,Noor Haldane,noor.haldane@{school},Year 1,Global health,Internal medicine,Choose a specialty,Advisor,Sound,S-2,Asian
E-3,Bram Quillfeather,bram.quillfeather@{school},Year 3,Sepsis,Neurology,Study and exams,Coach,Larch,S-3; S-1,Black
E-4,Calla Bramwell,calla.bramwell@{school},Year 3,Teaching,Pediatrics,Write and publish,Advisor,Sound,S-4,Hispanic
E-5,Jory Pettigrue,jory.pettigrue@{school},Year 1,Teaching; Global health,Internal medicine,Choose a specialty,Advisor,Sound,S-2,White
E-6,Linnea Corvid,linnea.corvid@{school},Year 4,Sepsis; Airway surgery,Pediatrics,A first research project,Sponsor,Larch,S-1,Asian
E-7,Anselm Thrush,anselm.thrush@{school},Year 4,Palliative care,Pediatrics,Write and publish,Coach,Sound,S-4; S-1,White
"""
"""Seven for six places: one of them has no match."""


def small(text: str, school: str) -> bytes:
    """The list with addresses of one school, so that journeys do not meet in one instance."""
    return text.format(school=f"{school}.example").encode()

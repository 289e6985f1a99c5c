/* Characters that look like a Latin letter or a digit, or are one in another shape. */
#include "core/lookalike.h"

#include "core/macros.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Runs of code points and what each looks like; a dot: nothing. From Unicode 14's compatibility
 * decompositions (NFKD) without combining marks, decimal digits of all scripts, and the letters that Unicode
 * Technical Standard 39 calls confusable (https://www.unicode.org/Public/security/15.1.0/confusables.txt), as
 * far as fonts make them alike.
 */
static const struct run {
	uint32_t first;
	const char *like;
} runs[] = {
	{0x00aa, "A.......23.....1O.....AAAAAA.CEEEEIIII.NOOOOO.OUUUUY..AAAAAA.CEEEEIIII.NOOOOO.OU"
		 "UUUY.YAAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII..JJKK.LLLLLL..LLNNNNNN."
		 "..OOOOOO..RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZSBB.....CC.D......FFG....KK"
		 "...N..OO..PP......TT.UU.VYYZ"},
	{0x01cd, "AAIIOOUUUUUUUUUU.AAAA....GGKKOOOO..J...GG..NNAA....AAAAEEEEIIIIOOOORRRRUUUUSSTT."
		 ".HH......AAEEOOOOOOOOYY...J"},
	{0x0243, "B....JJ..RRYY.A.B..DD........GGG...H...I......MN.N........R..R.......T..V...Y..."
		 "......B..H..L"},
	{0x02b0, "H.JR...WY"},
	{0x02e1, "LSX"},
	{0x0391, "AB..EZH.IK.MN.O.P..TY.X.........A.Y.....IK..V.O.P...U.X.......K"},
	{0x03dc, "F"},
	{0x03f2, "CJ"},
	{0x0406, "I.J.......A.B..E.Z..K.MHO.PCTY.X"},
	{0x0430, "ABBR.E....K.MHO.PCTY.X"},
	{0x0455, "SI.J"},
	{0x0474, "VV"},
	{0x04ae, "YY"},
	{0x04bb, "H....I"},
	{0x0501, "D"},
	{0x050c, "G"},
	{0x051a, "QQWW"},
	{0x054f, "S.....O"},
	{0x0566, "Q.....L...H....J..N....U...G...O"},
	{0x0660, "0123456789"},
	{0x06f0, "0123456789"},
	{0x07c0, "0123456789"},
	{0x0966, "0123456789"},
	{0x09e6, "0123456789"},
	{0x0a66, "0123456789"},
	{0x0ae6, "0123456789"},
	{0x0b66, "0123456789"},
	{0x0be6, "0123456789"},
	{0x0c66, "0123456789"},
	{0x0ce6, "0123456789"},
	{0x0d66, "0123456789"},
	{0x0de6, "0123456789"},
	{0x0e50, "0123456789"},
	{0x0ed0, "0123456789"},
	{0x0f20, "0123456789"},
	{0x1040, "0123456789"},
	{0x1090, "0123456789"},
	{0x13a0, "DRT..I...YAJE......W...M...H.Y..G.HZ"},
	{0x13ce, "R.....WS...VS...LC..P...KD......B....GB"},
	{0x17e0, "0123456789"},
	{0x1810, "0123456789"},
	{0x1946, "0123456789"},
	{0x19d0, "0123456789"},
	{0x1a80, "0123456789......0123456789"},
	{0x1b50, "0123456789"},
	{0x1bb0, "0123456789"},
	{0x1c40, "0123456789......0123456789"},
	{0x1d04, "CD.E..JK.M.O........P..TU...VWZ.........A.B.DE.GHIJKLMN.O.PRTUWA...BDE...G.KM.O."
		 "..PTU..V......IRUV"},
	{0x1d9c, "C...F"},
	{0x1dbb, "Z"},
	{0x1e00, "AABBBBBBCCDDDDDDDDDDEEEEEEEEEEFFGGHHHHHHHHHHIIIIKKKKKKLLLLLLLLMMMMMMNNNNNNNNOOOO"
		 "OOOOPPPPRRRRRRRRSSSSSSSSSSTTTTTTTTUUUUUUUUUUVVVVWWWWWWWWWWXXXXYYZZZZZZHTWY.S...."
		 "AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEEEEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUU"
		 "UUYYYYYYYY"},
	{0x2070, "0I..456789.....N0123456789......AEOX.HKLMNPST"},
	{0x2102, "C.......GHHHH.IILL.N...PQRRR......Z...Z.KABC.EEF.MO....I"},
	{0x2145, "DDEIJ"},
	{0x2160, "I...V....X..LCDMI...V....X..LCDM"},
	{0x2460, "123456789"},
	{0x2474, "123456789"},
	{0x2488, "123456789"},
	{0x249c, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ0"},
	{0x24f5, "123456789"},
	{0x2776, "123456789.123456789.123456789"},
	{0x2c64, "R.........M...WW........JV....B.........Z.H...I.K...M.N...O...P.C.T.Y...X"},
	{0xa4d0, "BP.DT.GK.JC.ZF.MNLSR..VH..WXY.A.E.IOU"},
	{0xa620, "0123456789"},
	{0xa730, "FS"},
	{0xa740, "KK"},
	{0xa78d, "H"},
	{0xa7af, "Q"},
	{0xa7f2, "CFQ"},
	{0xa8d0, "0123456789"},
	{0xa900, "0123456789"},
	{0xa9d0, "0123456789"},
	{0xa9f0, "0123456789"},
	{0xaa50, "0123456789"},
	{0xabf0, "0123456789"},
	{0xff10, "0123456789.......ABCDEFGHIJKLMNOPQRSTUVWXYZ......ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
	{0x104a0, "0123456789"},
	{0x107a5, "Q"},
	{0x10d30, "0123456789"},
	{0x11066, "0123456789"},
	{0x110f0, "0123456789"},
	{0x11136, "0123456789"},
	{0x111d0, "0123456789"},
	{0x112f0, "0123456789"},
	{0x11450, "0123456789"},
	{0x114d0, "0123456789"},
	{0x11650, "0123456789"},
	{0x116c0, "0123456789"},
	{0x11730, "0123456789"},
	{0x118e0, "0123456789"},
	{0x11950, "0123456789"},
	{0x11c50, "0123456789"},
	{0x11d50, "0123456789"},
	{0x11da0, "0123456789"},
	{0x16a60, "0123456789"},
	{0x16ac0, "0123456789"},
	{0x16b50, "0123456789"},
	{0x1ccd6, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
	{0x1e140, "0123456789"},
	{0x1e2f0, "0123456789"},
	{0x1e950, "0123456789"},
	{0x1f100, "0"},
	{0x1f110, "ABCDEFGHIJKLMNOPQRSTUVWXYZ.CR...ABCDEFGHIJKLMNOPQRSTUVWXYZ......ABCDEFGHIJKLMNOP"
		  "QRSTUVWXYZ......ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
	{0x1f1e6, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
	{0x1fbf0, "0123456789"},
};

/* Thirteen alphabets of 26 capital and 26 small letters, then five times ten digits (U+1D400 to U+1D7FF). */
static char mathematical(uint32_t c)
{
	enum { LETTERS = 0x1d400, LETTERS_END = 0x1d6a4, DIGITS = 0x1d7ce, DIGITS_END = 0x1d800 };
	if (c >= LETTERS && c < LETTERS_END)
		return (char)('A' + (c - LETTERS) % 26);
	if (c >= DIGITS && c < DIGITS_END)
		return (char)('0' + (c - DIGITS) % 10);
	return 0;
}

/* ASCII once more, invisible. */
static char tagged(uint32_t c)
{
	enum { FIRST = 0xe0020, LAST = 0xe007e };
	bool known = c >= FIRST && c <= LAST && isalnum((int)(c - 0xe0000));
	return known ? (char)(c - 0xe0000) : 0;
}

static char in_run(uint32_t c)
{
	size_t low = 0;
	size_t high = ARRAY_LEN(runs);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (runs[middle].first <= c)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || c - runs[low - 1].first >= strlen(runs[low - 1].like))
		return 0;
	char like = runs[low - 1].like[c - runs[low - 1].first];
	return like == '.' ? 0 : like;
}

char lookalike(uint32_t c)
{
	char like = mathematical(c);
	if (!like)
		like = tagged(c);
	if (!like)
		like = in_run(c);
	return like >= 'a' && like <= 'z' ? (char)(like - 'a' + 'A') : like;
}

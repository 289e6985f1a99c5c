/*
 * What a key of a file does, in the file's own order: cmd/help/keys, compiled in. Entries stand one empty
 * line apart:
 *   moves[].open.seats      the key, with all that it stands in
 *   > seats: 25             an example
 *   = 0                     what holds where it is left out; none where it has to be there
 *   ?                       `seatshift new` asks for it though it may be left out
 *   !                       `seatshift new` writes the example
 *   How many seats …        what it does; one line
 */
#ifndef CMD_KEY_TEXT_H
#define CMD_KEY_TEXT_H

extern const char key_text_customer[];
extern const char key_text_fleet[];
extern const char key_text_repository[];

#endif

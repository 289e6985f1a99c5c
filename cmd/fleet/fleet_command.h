/* The room of `seatshift fleet`: many customers as one undertaking. One command, whose first word says what.
 */
#ifndef CMD_FLEET_COMMAND_H
#define CMD_FLEET_COMMAND_H

#include "cmd/table/command.h"

extern const struct command cmd_fleet;

#endif

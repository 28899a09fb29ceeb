/* Prove a bundle and open a session with limits of your own: door BUNDLE [executorch|onnx|onnx_float] */
#include <rise_edge.h>
#include <stdio.h>
#include <string.h>

static int refused(void) {
  fprintf(stderr, "error: %s\n", rise_last_error());
  return 1;
}

int main(int count, char **words) {
  const char *asked = count > 2 ? words[2] : "executorch";
  const rise_runtime runtime = !strcmp(asked, "onnx")         ? RISE_ONNX
                               : !strcmp(asked, "onnx_float") ? RISE_ONNX_FLOAT
                                                              : RISE_EXECUTORCH;
  rise_checker *checker = NULL;
  rise_session *session = NULL;
  rise_proof proof = {.size = sizeof proof};
  rise_session_options options = {.size = sizeof options};
  if (count < 2) return fprintf(stderr, "usage: %s BUNDLE [RUNTIME]\n", words[0]), 2;
  if (rise_abi() != RISE_ABI) return fprintf(stderr, "error: compile this program again\n"), 1;
  if (rise_open(words[1], runtime, 1, &checker)) return refused();
  if (rise_selftest(checker, NULL, &proof)) return refused();
  printf("rise_edge %s\n%s\n", rise_version(), proof.line);

  rise_session_options_default(&options);
  options.min_readings = 12;
  options.lockout_spoofs = 3; /* three SPOOF sessions within a minute lock the door for half a minute */
  if (rise_session_open(checker, RISE_COLOUR | RISE_DEPTH, &options, &session)) return refused();
  /* ... rise_session_frame for every frame of the camera ... */
  rise_session_close(session);
  rise_close(checker);
  return proof.holds ? 0 : 1;
}

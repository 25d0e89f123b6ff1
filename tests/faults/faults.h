/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fault.c and failing.c agree on. */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

/* prctl(FAULTS_MARK), which no kernel knows: main() begins. */
#define FAULTS_MARK 0x6f77666d

#endif /* TESTS_FAULTS_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may use which tunnel: a tunnel directory may hold "{ANNOTATION}", which each container fills
 * with an annotation of its state, such as its pod's namespace. Pure.
 *
 * That is worth what the annotation is worth. Whoever writes a pod writes most of its annotations,
 * also ones that look like an engine's. Of those below io.kubernetes. two are known to be the
 * engine's own, and taken from that engine alone:
 *
 *   io.kubernetes.pod.namespace, of CRI-O: the pod's annotations are put into the container's
 * first, then CRI-O's own, io.container.manager among them, and the container's labels last
 *   (internal/factory/container/container.go, SpecAddAnnotations; the same from 1.24 to 1.36).
 * These labels are kubelet's, four, and none of the pod's (pkg/kubelet/kuberuntime/labels.go,
 *   newContainerLabels).
 *
 *   io.kubernetes.cri.sandbox-namespace, of containerd: the pod's annotations, as far as
 *   pod_annotations lets them pass, come before those that containerd always sets, this one and
 *   io.kubernetes.cri.sandbox-id among them (internal/cri/server/container_create.go,
 * buildLinuxSpec, and internal/cri/annotations, DefaultCRIAnnotations; the same from 1.6 to 2.3).
 *
 * To the other engine either is an annotation like any other, and so is CRI-O's
 * io.kubernetes.cri-o.Namespace, which it sets for the pod's sandbox alone.
 *
 * runc makes of each annotation "KEY=VALUE" and takes that apart at its first '=' again
 * (libcontainer/utils, Annotations): a key with a '=' in it can stand for another, and which of the
 * two is seen is chance. But what it is given as its value then holds that '=', and no value with
 * one is taken.
 */
#ifndef HOOK_PLACEHOLDER_H
#define HOOK_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "json.h"

/* Refuses braces that name no annotation, and annotations of io.kubernetes. but those two. */
int placeholder_check(const char *directory, struct err *err);

/* Whether there is a placeholder in DIRECTORY. */
bool placeholder_any(const char *directory);

/*
 * DIRECTORY with each placeholder filled in from ANNOTATIONS (NULL: none). A value is one
 * component of a path, or a part of one, [A-Za-z0-9][A-Za-z0-9_.-]*; anything else is refused, and
 * so is an annotation that is missing, or not its engine's. *LITERAL is the length of the path of
 * the directory above all that was filled in, without a slash. The caller frees *FILLED.
 */
int placeholder_fill(const char *directory, const struct json *annotations, char **filled,
		     size_t *literal, struct err *err);

#endif /* HOOK_PLACEHOLDER_H */

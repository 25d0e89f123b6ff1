/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prober's side of the barrier (leak.h). */
#include "probe.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_unresolved(const struct nlmsghdr *message)
{
	const struct ndmsg *neighbour = NLMSG_DATA(message);

	return message->nlmsg_type == RTM_NEWNEIGH && neighbour->ndm_state == NUD_INCOMPLETE;
}

/* Neighbours being looked for: packets may wait for them, a second for each question lost. */
static int count_unresolved(int fd)
{
	struct {
		struct nlmsghdr head;
		struct ndmsg neighbour;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETNEIGH,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	struct nlmsghdr room[1024];
	int count = 0;

	if (send(fd, &request, sizeof(request), 0) < 0)
		die("probe: neighbours");
	for (;;) {
		ssize_t got = recv(fd, room, sizeof(room), 0);
		struct nlmsghdr *message = room;

		if (got <= 0)
			die("probe: neighbours");
		for (; NLMSG_OK(message, got); message = NLMSG_NEXT(message, got)) {
			if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
				return count;
			count += is_unresolved(message);
		}
	}
}

/* Until each is found or given up, which the kernel does after three seconds. */
static void wait_for_neighbours(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		die("probe: neighbours");
	for (int i = 0; i < 1000 && count_unresolved(fd) > 0; i++)
		usleep(10000);
	close(fd);
}

static int open_barrier(void)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(LEAK_ETHERTYPE),
		.sll_ifindex = (int)link_index(),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!address.sll_ifindex || fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("probe: barrier on " LEAK_LINK);
	return fd;
}

static bool is_answer(int fd, uint32_t number)
{
	uint8_t data[64];

	return recv(fd, data, sizeof(data), MSG_DONTWAIT) >= 8 &&
	       memcmp(data, LEAK_ANSWER, 4) == 0 && memcmp(data + 4, &number, 4) == 0;
}

/* Everything that this machine has sent by eth0 until now is counted when it returns. */
static void cross_barrier(int fd, uint32_t number)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(LEAK_ETHERTYPE),
		.sll_ifindex = (int)link_index(),
		.sll_halen = ETH_ALEN,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	struct pollfd one = { .fd = fd, .events = POLLIN };
	uint8_t question[50] = LEAK_QUESTION;

	memcpy(question + 4, &number, 4);
	if (sendto(fd, question, sizeof(question), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("probe: barrier");
	while (poll(&one, 1, 30000) > 0)
		if (is_answer(fd, number))
			return;
	fprintf(stderr, "probe: nobody captures\n");
	exit(1);
}

void wait_until_counted(void)
{
	int fd = open_barrier();

	cross_barrier(fd, 1);
	wait_for_neighbours();
	cross_barrier(fd, 2);
	close(fd);
}

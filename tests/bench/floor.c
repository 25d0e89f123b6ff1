/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor that the hook is measured against: the requests that it sends for a full tunnel of one
 * peer, in its order, by libc alone. It parses, checks and undoes nothing; argv[1] is the
 * container's pid, keys and addresses are those below. With argv[2] it makes a link of that kind
 * and sends no message of WireGuard's, for kernels without it.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/fib_rules.h>
#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>

#define TABLE 51820
#define PROTOCOL 119 /* RTNL_PROTOCOL of the hook's */

/* Any 32 bytes are a key. */
static const char private_key[WG_KEY_LEN] = { 1 }, public_key[WG_KEY_LEN] = { 2 },
		  preshared_key[WG_KEY_LEN] = { 3 };

static union {
	struct nlmsghdr header;
	char bytes[8192];
} message, answer;

static void put(const void *data, size_t size)
{
	memcpy(message.bytes + message.header.nlmsg_len, data, size);
	message.header.nlmsg_len += NLMSG_ALIGN(size);
}

static void start(int type, int flags, const void *head, size_t size)
{
	memset(&message, 0, sizeof(message));
	message.header.nlmsg_len = NLMSG_HDRLEN;
	message.header.nlmsg_type = (uint16_t)type;
	message.header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	put(head, size);
}

static void attr(int type, const void *data, size_t size)
{
	struct nlattr head = { (uint16_t)(NLA_HDRLEN + size), (uint16_t)type };

	put(&head, sizeof(head));
	put(data, size);
}

static void attr_u8(int type, uint8_t value)
{
	attr(type, &value, sizeof(value));
}

static void attr_u16(int type, uint16_t value)
{
	attr(type, &value, sizeof(value));
}

static void attr_u32(int type, uint32_t value)
{
	attr(type, &value, sizeof(value));
}

static uint32_t nest(int type)
{
	uint32_t start_of = message.header.nlmsg_len;

	attr(type | NLA_F_NESTED, "", 0);
	return start_of;
}

static void nest_end(uint32_t start_of)
{
	struct nlattr *head = (struct nlattr *)(message.bytes + start_of);

	head->nla_len = (uint16_t)(message.header.nlmsg_len - start_of);
}

/* The kernel's errno; what it said before its acknowledgement is left in ANSWER. */
static int ask(int fd)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	union {
		struct nlmsghdr header;
		char bytes[sizeof(answer)];
	} got;

	if (sendto(fd, &message, message.header.nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		err(1, "send");
	for (;;) {
		if (recv(fd, &got, sizeof(got), 0) < 0)
			err(1, "receive");
		if (got.header.nlmsg_type == NLMSG_ERROR)
			return -((struct nlmsgerr *)NLMSG_DATA(&got.header))->error;
		memcpy(&answer, &got, sizeof(answer));
	}
}

static void must(int fd, const char *what)
{
	errno = ask(fd);
	if (errno)
		err(1, "%s", what);
}

static int open_netlink(int bus)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, bus);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		err(1, "netlink");
	return fd;
}

static void link_get(void)
{
	struct ifinfomsg info = { 0 };

	start(RTM_GETLINK, 0, &info, sizeof(info));
	attr(IFLA_IFNAME, "wg0", 4);
}

static void link_add(int netns, const char *kind)
{
	struct ifinfomsg info = { 0 };
	uint32_t detail;

	start(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	attr_u32(IFLA_MTU, 1420);
	attr(IFLA_IFNAME, "wg0", 4);
	attr_u32(IFLA_NET_NS_FD, (uint32_t)netns);
	detail = nest(IFLA_LINKINFO);
	attr(IFLA_INFO_KIND, kind, strlen(kind) + 1);
	nest_end(detail);
}

static void link_set(int index, unsigned int flags)
{
	struct ifinfomsg info = { .ifi_index = index, .ifi_flags = flags, .ifi_change = flags };

	start(RTM_SETLINK, 0, &info, sizeof(info));
}

static void rule(int fd, uint8_t family, uint32_t preference, uint32_t table, int suppress,
		 const char *to)
{
	struct fib_rule_hdr head = { .family = family, .dst_len = to ? 32 : 0 };
	uint32_t address;

	head.action = table ? FR_ACT_TO_TBL : FR_ACT_UNREACHABLE;
	start(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	attr_u32(FRA_TABLE, table);
	if (to && inet_pton(AF_INET, to, &address) == 1)
		attr_u32(FRA_DST, address);
	attr_u32(FRA_PRIORITY, preference);
	attr_u8(FRA_PROTOCOL, PROTOCOL);
	if (suppress)
		attr_u32(FRA_SUPPRESS_PREFIXLEN, (uint32_t)suppress);
	must(fd, "rule");
}

static void address(int fd, int index, uint8_t family, const char *text)
{
	uint8_t size = family == AF_INET ? 4 : 16;
	struct ifaddrmsg head = { .ifa_family = family, .ifa_index = (uint32_t)index };
	char bytes[16];

	head.ifa_prefixlen = (uint8_t)(8 * size);
	inet_pton(family, text, bytes);
	start(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	attr(IFA_LOCAL, bytes, size);
	attr(IFA_ADDRESS, bytes, size);
	attr_u32(IFA_FLAGS, IFA_F_NOPREFIXROUTE);
	must(fd, "address");
}

static void route(int fd, int index, uint8_t family)
{
	struct rtmsg head = { .rtm_family = family,
			      .rtm_protocol = PROTOCOL,
			      .rtm_type = RTN_UNICAST };

	head.rtm_scope = family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	start(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	attr_u32(RTA_TABLE, TABLE);
	attr_u32(RTA_OIF, (uint32_t)index);
	must(fd, "route");
}

static void sysctl(const char *path, const char *value)
{
	char before;
	int fd = open(path, (value ? O_WRONLY : O_RDONLY) | O_CLOEXEC);

	if (fd < 0 || (value ? write(fd, value, 1) : read(fd, &before, 1)) != 1)
		err(1, "%s", path);
	close(fd);
}

static int genl_family(int fd)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	const char *end, *at = answer.bytes + NLMSG_HDRLEN + GENL_HDRLEN;

	start(GENL_ID_CTRL, 0, &head, sizeof(head));
	attr(CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME, sizeof(WG_GENL_NAME));
	must(fd, "wireguard");
	for (end = answer.bytes + answer.header.nlmsg_len; at < end;
	     at += NLA_ALIGN(((const struct nlattr *)at)->nla_len))
		if (((const struct nlattr *)at)->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(const uint16_t *)(at + NLA_HDRLEN);
	errx(1, "no family");
}

static void allowed(uint8_t family)
{
	uint32_t one = nest(0);

	attr_u16(WGALLOWEDIP_A_FAMILY, family);
	attr(WGALLOWEDIP_A_IPADDR, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", family == AF_INET ? 4 : 16);
	attr_u8(WGALLOWEDIP_A_CIDR_MASK, 0);
	nest_end(one);
}

static void wireguard(int fd, int family, int index)
{
	struct genlmsghdr head = { .cmd = WG_CMD_SET_DEVICE, .version = WG_GENL_VERSION };
	struct sockaddr_in endpoint = { .sin_family = AF_INET, .sin_port = htons(51820) };
	uint32_t peers, peer, list;

	inet_pton(AF_INET, "192.0.2.2", &endpoint.sin_addr);
	start(family, 0, &head, sizeof(head));
	attr_u32(WGDEVICE_A_IFINDEX, (uint32_t)index);
	attr(WGDEVICE_A_PRIVATE_KEY, private_key, WG_KEY_LEN);
	attr_u16(WGDEVICE_A_LISTEN_PORT, 0);
	attr_u32(WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
	peers = nest(WGDEVICE_A_PEERS);
	peer = nest(0);
	attr(WGPEER_A_PUBLIC_KEY, public_key, WG_KEY_LEN);
	attr_u32(WGPEER_A_FLAGS, WGPEER_F_REPLACE_ALLOWEDIPS);
	attr(WGPEER_A_PRESHARED_KEY, preshared_key, WG_KEY_LEN);
	attr(WGPEER_A_ENDPOINT, &endpoint, sizeof(endpoint));
	attr_u16(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, 0);
	list = nest(WGPEER_A_ALLOWEDIPS);
	allowed(AF_INET);
	allowed(AF_INET6);
	nest_end(list);
	nest_end(peer);
	nest_end(peers);
	must(fd, "configuration");
}

int main(int argc, char **argv)
{
	const char *kind = argc > 2 ? argv[2] : "wireguard";
	int host, fd, genl, netns, index;
	char path[64];

	if (argc < 2) /* never whom it was called by */
		errx(2, "floor PID [KIND]");
	while (read(STDIN_FILENO, &answer, sizeof(answer)) > 0)
		;
	snprintf(path, sizeof(path), "/proc/%s/ns/net", argv[1]);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	host = open_netlink(NETLINK_ROUTE);
	if (netns < 0 || setns(netns, CLONE_NEWNET) < 0)
		err(1, "%s", path);
	fd = open_netlink(NETLINK_ROUTE);
	genl = open_netlink(NETLINK_GENERIC);

	link_get();
	if (ask(fd) != ENODEV)
		errx(1, "wg0 is there");
	rule(fd, AF_INET, 150, 0, 0, NULL);
	rule(fd, AF_INET6, 150, 0, 0, NULL);
	rule(fd, AF_INET, 140, TABLE, 0, NULL);
	rule(fd, AF_INET6, 140, TABLE, 0, NULL);
	rule(fd, AF_INET, 130, RT_TABLE_MAIN, 7, NULL);
	rule(fd, AF_INET6, 130, RT_TABLE_MAIN, 6, NULL);
	sysctl("/proc/sys/net/ipv4/tcp_fwmark_accept", "1");
	sysctl("/proc/sys/net/ipv4/fwmark_reflect", "1");
	sysctl("/proc/sys/net/ipv6/fwmark_reflect", "1");
	sysctl("/proc/sys/net/ipv4/conf/all/src_valid_mark", "1");
	link_add(netns, kind);
	must(host, "link");
	link_get();
	must(fd, "link");
	index = ((struct ifinfomsg *)NLMSG_DATA(&answer.header))->ifi_index;
	if (argc <= 2)
		wireguard(genl, genl_family(genl), index);
	sysctl("/proc/sys/net/ipv6/conf/wg0/disable_ipv6", NULL);
	address(fd, index, AF_INET, "10.9.0.2");
	address(fd, index, AF_INET6, "fd09::2");
	link_set(index, IFF_UP);
	must(fd, "up");
	route(fd, index, AF_INET);
	route(fd, index, AF_INET6);
	link_set(index, 0);
	attr(IFLA_IFALIAS, "oci-wireguard floor 0123456789abcdef sysctls=f", 46);
	must(fd, "alias");
	return 0;
}

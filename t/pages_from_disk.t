use strict;
use warnings;

# Pages whose bytes nginx has in files, in every way in which it reads them: the tag is in its place, the length is
# true, and the rest of the file leaves as it is.

use AepServer;
use AepTag;
use Test::More;

my $port   = AepServer::free_port();
my $filler = join q( ), 1 .. 20000;

# How nginx reads a file.
my %way = (
    'sendfile'                => 'sendfile on;',
    'sendfile in pieces'      => 'sendfile on; sendfile_max_chunk 1000; tcp_nopush on;',
    'read'                    => 'sendfile off;',
    'read in small buffers'   => 'sendfile off; output_buffers 1 512;',
    'threads'                 => 'sendfile on; aio threads;',
    'threads without sendfile' => 'sendfile off; aio threads; output_buffers 2 1k;',
    'directio'                => 'directio 512; output_buffers 1 4k;',
    'open_file_cache'         => 'sendfile on; open_file_cache max=10 inactive=1h; open_file_cache_valid 1h;',
    'sub_filter wants memory' => q{sendfile on; sub_filter "no such text" ""; output_buffers 1 512;},
    'ssi wants memory'        => 'sendfile on; ssi on; output_buffers 2 1k;',
    'charset wants memory'    => 'sendfile on; source_charset windows-1251; override_charset on;',
    'addition'                => 'sendfile on; add_after_body /empty.html;',
);
my @names = sort keys %way;
my $index = 0;
my $locations = join '', map {
    my $number = $index++;
    "location /way$number/ { alias html/; $way{$_} }\n"
        . "location /cache$number/ { proxy_pass http://127.0.0.1:$port/; proxy_cache pages; proxy_cache_valid 1m;"
        . " proxy_cache_key $number\$uri; proxy_buffers 4 4k; proxy_busy_buffers_size 8k; $way{$_} }\n"
} @names;

sub start {
    my ($server, @rest) = @_;
    return AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, @rest, server => $server, http => <<"HTTP");
    proxy_cache_path  cache  keys_zone=pages:1m;
    charset_map windows-1251 utf-8 { E9 C3A9; }
    charset           utf-8;
    server { listen 127.0.0.1:$port; root html; charset off; }
    default_type      text/html;
HTTP
}

my $server = start($locations);
my $client = $server->client;
mkdir $server->directory . '/html';

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', $server->directory . "/html/$name" or die "$name: $!";
    print $out $text;
    close $out or die "$name: $!";
    return;
}
write_file('empty.html', '');

# The page at a path is as expected, and as long as it says.
sub difference {
    my ($path, $expected) = @_;
    my $answer = $client->get($path);
    my $length = $answer->{headers}{'content-length'}[0];
    my $body   = AepTag::marked($answer->{body});
    return "$path: status $answer->{status}"        if $answer->{status} != 200;
    return "$path: it is " . substr $body, 0, 200   if $body ne $expected;
    return "$path: its length is said to be $length" if defined $length && $length != length $answer->{body};
    return;
}

# Where nginx's buffers, our reads and the places of the tag meet.
my @sizes = (0, 1, 485 .. 488, 1000 .. 1005, 2047, 2048, 4070 .. 4080, 5090 .. 5105, 16360 .. 16370, 40000);
my %page;
for my $size (@sizes) {
    $page{"head-$size"} = '<!doctype html><head>[tag]' . substr $filler, 0, $size;
    $page{"late-$size"} = '<!doctype html><!--' . 'x' x $size . '--><head>[tag]<body>' . substr $filler, 0, 20000;
}
write_file("$_.html", $page{$_} =~ s/\[tag\]//r) for keys %page;

for my $number (0 .. $#names) {
    my @differences;
    for my $name (sort keys %page) {
        for my $path (map { "/$_$number/$name.html" } qw(way cache cache)) {
            push @differences, difference($path, $page{$name});
        }
    }
    is(join("\n", grep { defined } @differences[0 .. 2]), '', "$names[$number]: pages of all sizes, then from the cache");
}
$server->quit;
$server->is_clean('in all of it');
unlike($server->log, qr/\[(?:error|crit)\]/, 'no error in the log');

# ---- a file that becomes shorter while nginx has it open ----

for my $way ('sendfile on;', 'sendfile off;', 'sendfile on; aio threads;') {
    $server = start("open_file_cache max=10 inactive=1h; open_file_cache_valid 1h; location /page/ { alias html/; $way }");
    $client = $server->client;
    mkdir $server->directory . '/html';
    my $text = '<!doctype html><head><title>Shop</title></head><body>' . $filler;
    write_file("$_.html", $text) for qw(whole head nothing);

    for my $name (qw(head nothing)) {
        my $path = "/page/$name.html";
        is(length AepTag::marked($client->get($path)->{body}), length($text) + 5, "$way: a page");
        truncate $server->directory . "/html/$name.html", $name eq 'head' ? 100 : 0;
        my $answer = $client->get($path);
        # What nginx has to read before it can send anything is not there, unless it sends from the file.
        my $rest   = $name eq 'head' && $way eq 'sendfile on;' ? substr $text, 0, 100 : '';
        is(AepTag::marked($answer->{body}), $rest =~ s/<head>/<head>[tag]/r, "$way: what is left of it comes");
    }
    my $whole = AepTag::marked($client->get('/page/whole.html')->{body});
    is($whole, $text =~ s/<head>/<head>[tag]/r, "$way: other pages are whole");
    $server->quit;
    like($server->log, qr/\[alert\].*(?:was truncated at 100|read only 100 of)/, "$way: nginx says why");
    unlike($server->log, qr/exited on signal|Sanitizer|runtime error:/, "$way: no fault");
}

done_testing;
